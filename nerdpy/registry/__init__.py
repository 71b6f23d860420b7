"""Credentials and host settings of registries."""
