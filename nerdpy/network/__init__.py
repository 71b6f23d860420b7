"""Networks: a verb per file, and the attachment of containers."""
