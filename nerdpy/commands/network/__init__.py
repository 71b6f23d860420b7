"""The commands `nerdpy network ...`."""
