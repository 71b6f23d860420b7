"""Small real images made from the distribution's own packages: no image registry, no build tool needed."""
