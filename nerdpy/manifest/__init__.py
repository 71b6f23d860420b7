"""Lists of manifests (one name, an image for each platform), made here and then pushed."""
