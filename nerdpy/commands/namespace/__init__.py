"""`nerdpy namespace`."""
