"""Pure values that everybody speaks of: references, descriptors, ports, mounts, options."""
