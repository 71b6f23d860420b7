"""Terminals and pipes of a running task."""
