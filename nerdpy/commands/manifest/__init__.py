"""The commands `nerdpy manifest ...`."""
