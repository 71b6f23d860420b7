"""containerd's namespaces: containers, images and all the rest of one are invisible in the others."""
