"""The question before a prune: `y` goes on, everything else (also the end of input, or ^C) does not."""

from nerdpy.cli.context import Context

QUESTION = "Are you sure you want to continue?"


def confirmed(context: Context, warning: str) -> bool:
    """Show what will be gone, and ask."""
    from nerdpy.output.prompt import confirmed

    return confirmed(context.console, QUESTION, warning=warning)
