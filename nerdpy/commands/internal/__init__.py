"""What nerdpy calls itself: its completion scripts, its monitor, and the tools under hack/."""
