"""Groups of flags that are long, or that several commands of images share."""
