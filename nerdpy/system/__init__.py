"""The engine and the machine as a whole."""
