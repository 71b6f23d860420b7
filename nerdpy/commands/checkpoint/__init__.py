"""`nerdpy checkpoint`."""
