"""Images: a verb per file."""
