"""Pure: native objects to docker's JSON and table rows."""
