"""One container's life: a verb per file."""
