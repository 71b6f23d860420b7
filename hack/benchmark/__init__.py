"""hack/bench: nerdpy's speed and size as ratios to what cannot be avoided."""
