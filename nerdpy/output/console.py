"""The process's own streams: stdout carries data, stderr talk. Nothing below writes to either by itself."""

import io
import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

from nerdpy.dataclass import dataclass
from nerdpy.errors import NerdpyError, OutputClosed, ResourceExhausted

DEFAULT_WIDTH = 80
_LONE = "[\ud800-\udc7f\udd00-\udfff]"


@dataclass
class Console:
    """Where output goes, and what may be done there."""

    stdout: TextIO
    stderr: TextIO
    is_terminal_out: bool = False
    is_terminal_err: bool = False
    is_quiet: bool = False
    has_colour: bool = False
    """May escape sequences for colours be written (to a stream that is a terminal)?"""
    is_dumb: bool = False
    """TERM=dumb: a terminal on which nothing can be overwritten."""
    is_debug: bool = False
    fixed_width: int = 0
    """Columns to assume; 0: ask the terminal each time, for its user may resize it."""

    @classmethod
    def of_process(
        cls, environ: Mapping[str, str] | None = None, *, is_quiet: bool = False, is_debug: bool = False
    ) -> "Console":
        """The console of `sys.stdout` and `sys.stderr`; NO_COLOR and TERM=dumb are honoured."""
        environ = os.environ if environ is None else environ
        stdout, stderr = _opened(sys.stdout), _opened(sys.stderr)
        return cls(
            stdout,
            stderr,
            is_terminal_out=_is_terminal(stdout),
            is_terminal_err=_is_terminal(stderr),
            is_quiet=is_quiet,
            has_colour=not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb",
            is_dumb=environ.get("TERM", "dumb") == "dumb",
            is_debug=is_debug,
        )

    @property
    def width(self) -> int:
        """How many columns stdout's terminal has; in a pipe there is no such thing, so 80."""
        if self.fixed_width:
            return self.fixed_width
        for stream, is_terminal in ((self.stdout, self.is_terminal_out), (self.stderr, self.is_terminal_err)):
            if is_terminal:
                try:
                    return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
                except (OSError, ValueError):
                    continue
        return DEFAULT_WIDTH

    def write(self, text: str) -> None:
        """Data, exactly as it is, to stdout; flushed, so that the order with stderr stays."""
        try:
            self.stdout.write(_writable(text))
            self.stdout.flush()
        except OSError as error:
            raise _lost(self.stdout, error) from error

    def pass_through(self, stream: str, data: bytes) -> None:
        """A container's own bytes, exactly as they are, to the `stdout` or `stderr` that they were for."""
        target = self.stderr if stream == "stderr" else self.stdout
        try:
            target.buffer.write(data)
            target.buffer.flush()
        except OSError as error:
            raise _lost(target, error) from error

    def line(self, text: str = "") -> None:
        """One line of data on stdout."""
        self.write(f"{text}\n")

    def talk(self, text: str) -> None:
        """One line for the human, on stderr; lost without a word if stderr is closed."""
        try:
            self.stderr.write(_writable(f"{text}\n"))
            self.stderr.flush()
        except (OSError, ValueError):
            _silence(self.stderr)

    def warn(self, text: str) -> None:
        self.talk(f"warning: {text}")

    def debug(self, text: str) -> None:
        """One line on stderr, with `--debug` only."""
        if self.is_debug:
            self.talk(f"debug: {text}")


def _opened(stream: TextIO | None) -> TextIO:
    """The stream, or nowhere if the caller closed it (`>&-`); its text is UTF-8, broken bytes included."""
    if stream is None:
        return open(os.devnull, "w")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="surrogateescape", encoding="utf-8")
    return stream


def _writable(text: str) -> str:
    """Text without the surrogates that stand for no byte; a label in JSON may hold them."""
    return text if text.isascii() else re.sub(_LONE, "\N{REPLACEMENT CHARACTER}", text)


def _lost(stream: TextIO, error: OSError) -> NerdpyError:
    """What to raise when stdout takes no more."""
    _silence(stream)
    if isinstance(error, BrokenPipeError):
        return OutputClosed("nobody reads the output any more")
    return ResourceExhausted("cannot write the output")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _silence(stream: TextIO) -> None:
    """Point the stream's descriptor at nothing, or Python complains again when it flushes at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
