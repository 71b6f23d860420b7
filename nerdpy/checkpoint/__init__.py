"""Checkpoints of containers: their processes frozen into files by CRIU, to be started from."""
