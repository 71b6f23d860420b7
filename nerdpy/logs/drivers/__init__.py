"""One file per log driver; standard library only, for the monitor imports them."""
