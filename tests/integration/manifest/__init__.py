"""`nerdpy manifest` against real registries; skopeo gives the second opinion."""
