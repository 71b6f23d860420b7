"""The question before something is destroyed: `[y/N]`, and no is the answer to everything but yes."""

import sys
from typing import TextIO

from nerdpy.output.console import Console


def confirmed(console: Console, question: str, *, warning: str = "", stdin: TextIO | None = None) -> bool:
    """Ask on stdout, as docker does; `y` or `Y` is yes. End of file and Ctrl-C are no, so nothing is done."""
    if warning:
        console.line(f"WARNING! {warning}")
    console.write(f"{question} [y/N] ")
    try:
        answer = (sys.stdin if stdin is None else stdin).readline()
    except (KeyboardInterrupt, ValueError, OSError, AttributeError):  # the last: the caller closed stdin
        answer = ""
    if not answer.endswith("\n"):
        console.line()
    return answer.strip() in {"y", "Y"}
