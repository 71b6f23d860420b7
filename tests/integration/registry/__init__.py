"""`nerdpy login`, `logout` and `search` against real registries, and such as remember what they saw."""
