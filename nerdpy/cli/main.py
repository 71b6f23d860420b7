"""The whole program: the only place that catches everything, prints errors and exits."""

import errno
import gc
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from nerdpy.errors import ContainerExited, NerdpyError, UsageError, causes_of

if TYPE_CHECKING:
    from nerdpy.cli.context import Context


_WAYS_OUT = {
    errno.ENOSPC: "make room: on the disk of the data root, most likely",
    errno.EDQUOT: "make room, or ask for more: the disk quota is used up",
    errno.EROFS: "mount it for writing again, or name another folder with --data-root",
}
"""Where the kernel's own word is all that is known."""
_NEARBY = 20
"""How many characters on either side show which word is meant."""


class Terminated(BaseException):
    """SIGTERM came: everything under way is undone, and then nerdpy dies by it."""


def main() -> NoReturn:
    """Run what the command line says, and exit with its code.

    At once, without taking the interpreter down: with gRPC loaded that costs 11 ms. So nothing may wait for
    `atexit`; whoever starts a thread joins it.
    """
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(100_000, 50, 50)  # most commands end before there is anything worth collecting
    os.umask(os.umask(0o022) | 0o022)  # what the data root holds is written by nobody else, whoever calls
    _open_standard_streams()
    code = run(sys.argv[1:])
    os._exit(code)


def _open_standard_streams() -> None:
    """A caller may have closed some of the three: whatever is opened next would take their place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            if descriptor == 0:
                sys.stdin = open(0)  # noqa: SIM115
            elif descriptor == 1:
                sys.stdout = open(1, "w")  # noqa: SIM115
            elif descriptor == 2:
                sys.stderr = open(2, "w")  # noqa: SIM115


def run(words: list[str]) -> int:
    """Run one command line; the exit code."""
    from nerdpy.cli.context import Context

    context = Context(os.environ)
    try:
        code = _guarded(context, words)
        sys.stdout.flush()
    except BrokenPipeError:
        _die_of(signal.SIGPIPE)
    except KeyboardInterrupt:
        _die_of(signal.SIGINT)
    except Terminated:
        _die_of(signal.SIGTERM)
    return code


def _guarded(context: "Context", words: list[str]) -> int:
    from nerdpy.cli.dispatch import dispatch

    try:
        try:
            dispatch(context, words)
        finally:
            context.close_progress()
    except ContainerExited as exited:
        return exited.code
    except NerdpyError as error:
        return _report(context, error)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _report(context, NerdpyError(_sentence(error), hint=_WAYS_OUT.get(error.errno or 0)), error)
    except UnicodeEncodeError as error:
        return _report(context, _no_text(error), error)
    except Exception as error:
        return _report(context, _internal(error), error)
    return 0


def _no_text(error: UnicodeEncodeError) -> NerdpyError:
    """Bytes of the command line that are no text, where containerd keeps text alone."""
    word = error.object[error.start : error.end]
    if not all("\udc80" <= character <= "\udcff" for character in word):
        return _internal(error)
    nearby = error.object[max(error.start - _NEARBY, 0) : error.end + _NEARBY]
    text = nearby.encode(errors="surrogateescape").decode(errors="backslashreplace")
    return UsageError(f'"{text}" is not UTF-8', hint="names, labels and the like are text in UTF-8")


def _internal(error: Exception) -> NerdpyError:
    return NerdpyError(
        f"internal error: {type(error).__name__}: {error}",
        hint="this is a mistake in nerdpy: run the command again with --debug to see where it happened",
    )


def _report(context: "Context", error: NerdpyError, unexpected: Exception | None = None) -> int:
    """Print an error, each of several by itself, and say which code to exit with."""
    from nerdpy.output.errors import render_error

    sys.stdout.flush()
    if unexpected is not None and context.is_debug:
        import traceback

        sys.stderr.write("".join(traceback.format_exception(unexpected)))
    if error.hint is None:
        error.hint = _way_out(error)
    if text := render_error(error):
        context.console.talk(text)
    return context.fails_with if error.exit_code == 1 else error.exit_code


def _way_out(error: NerdpyError) -> str | None:
    """What the kernel's reason beneath it suggests, where the error itself suggests nothing."""
    refusals = (cause for cause in causes_of(error) if isinstance(cause, OSError))
    refusal = next(refusals, None)
    return _WAYS_OUT.get(refusal.errno or 0) if refusal is not None else None


def _sentence(error: OSError) -> str:
    """What the kernel refused, and on what."""
    reason = (error.strerror or str(error)).lower()
    return f'"{error.filename}": {reason}' if error.filename else reason


def _terminate(signal_number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _die_of(number: signal.Signals) -> NoReturn:
    """End as a program does that never heard of this signal: the caller sees 128 + number."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)
