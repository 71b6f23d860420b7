"""Files under the data root, each with its lock."""
