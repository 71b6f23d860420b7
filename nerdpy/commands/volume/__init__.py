"""`nerdpy volume ...`."""
