"""Pure: the part of Go's text/template that --format needs."""
