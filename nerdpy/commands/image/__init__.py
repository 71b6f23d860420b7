"""The commands of images."""
