"""One file per command: flags -> options -> one verb -> output."""
