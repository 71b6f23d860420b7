"""The question before something is destroyed: `[y/N]`, and no is the answer to everything but yes."""

import sys
from typing import TextIO

from nerdpy.errors import InvalidArgument
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


def is_answerable(stdin: TextIO | None = None) -> bool:
    """Is there somebody at a terminal who could answer?"""
    stream = sys.stdin if stdin is None else stdin
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def asked(console: Console, question: str, *, is_secret: bool = False) -> str:
    """One line from the terminal on stdin, without echo if it is a secret; the question goes to stdout.

    The terminal is as before on every way out, ^C included (which goes on to the caller).
    """
    console.write(question)
    if not is_secret:
        return _line()
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    try:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
        return _line()
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
        console.line()


def _line() -> str:
    try:
        return sys.stdin.readline().rstrip("\n")
    except UnicodeDecodeError:
        raise InvalidArgument("what was typed is no text in UTF-8") from None


def read_secret(limit: int = 1 << 20) -> str:
    """All of stdin, without the line's end: a password that some program writes. InvalidArgument if it is
    empty, too long or no text."""
    try:
        data = sys.stdin.buffer.read(limit + 1)
        text = data.decode()
    except (UnicodeDecodeError, ValueError, AttributeError):
        raise InvalidArgument("the password on stdin is no text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or len(data) > limit:
        raise InvalidArgument("password is empty" if not text else "the password on stdin is too long")
    return text
