"""`nerdpy system`: the engine itself."""
