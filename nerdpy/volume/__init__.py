"""Volumes: a verb per file."""
