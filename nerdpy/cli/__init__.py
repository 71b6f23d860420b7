"""From argv to one command."""
