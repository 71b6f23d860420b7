"""Pure: the OCI runtime spec, from options and facts (runtime-spec `config.md`, `config-linux.md`)."""
