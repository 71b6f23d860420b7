"""What the scripts in hack/ use."""
