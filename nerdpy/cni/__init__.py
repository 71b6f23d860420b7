"""CNI plugins and conflists (CNI spec 1.0.0)."""
