"""Everything a human or a pipe sees."""
