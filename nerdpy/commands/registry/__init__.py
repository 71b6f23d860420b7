"""The commands that are about registries: `nerdpy login`, `logout`, `search`."""
