"""The question before a prune: `y` goes on, everything else (also the end of input) does not."""

import sys

from nerdpy.cli.context import Context


def confirmed(context: Context, warning: str) -> bool:
    """Show what will be gone, and ask."""
    console = context.console
    console.write(f"WARNING! {warning}\nAre you sure you want to continue? [y/N] ")
    sys.stdout.flush()
    answer = sys.stdin.readline() if sys.stdin is not None else ""
    return answer.strip().lower() in ("y", "yes")
