"""What nerdpy's monitor calls: words that nerdpy itself has written (`container/monitoring.py`), so they are
read without a parser. That halves what a health probe costs, and the work after each exit."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nerdpy.cli.context import Context

GROUP = "internal"
CALLS = {"attach-network": 1, "exited": 1, "probe": 2}
"""Command -> how many words follow it."""
FLAGS = frozenset(
    {"address", "namespace", "data-root", "snapshotter", "cni-netconfpath", "cni-path", "bridge-ip"}
)


def read_own_call(words: Sequence[str]) -> tuple[dict[str, str], str, list[str]] | None:
    """(global flags, command, its words); None for what anybody else may have typed."""
    if GROUP not in words:
        return None
    at = words.index(GROUP)
    command, rest = "".join(words[at + 1 : at + 2]), list(words[at + 2 :])
    flags = dict(word.removeprefix("--").split("=", 1) for word in words[:at] if "=" in word)
    is_ours = len(flags) == at and flags.keys() <= FLAGS and CALLS.get(command) == len(rest)
    if not is_ours or any(word.startswith("-") for word in rest):
        return None
    return {name.replace("-", "_"): value for name, value in flags.items()}, command, rest


def run_own_call(context: "Context", words: Sequence[str]) -> bool:
    """Run such a call; False where it is none."""
    call = read_own_call(words)
    if call is None:
        return False
    context.flags, command, rest = call
    context.path = f"{GROUP} {command}"
    import_module(f"nerdpy.commands.internal.{command.replace('-', '_')}").command(context, *rest)
    return True
