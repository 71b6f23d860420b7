"""A command that is run if this process ends before it can do so itself, by kill -9 say.

A shell waits at a pipe whose other end is ours: when that is closed without a word, it becomes the command.
(PR_SET_PDEATHSIG would tell it of the end of a thread.)
"""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress

_SCRIPT = 'read -r word || exec "$@"'


class LastWill:
    """Holds from here on until `revoke`; OSError where no shell can be started."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        theirs, ours = os.pipe2(os.O_CLOEXEC)
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._pid = os.posix_spawn(
                "/bin/sh",
                ["sh", "-c", _SCRIPT, "sh", *argv],
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs, 0),
                    (os.POSIX_SPAWN_DUP2, null, 1),
                    (os.POSIX_SPAWN_DUP2, null, 2),
                ],
                setsid=True,  # what a terminal sends reaches us, and we undo ourselves
                setsigmask=(),
                setsigdef=(signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP),
            )
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
            os.close(null)
        self._ours = ours

    def revoke(self) -> None:
        """Nothing is left to be done."""
        with suppress(BrokenPipeError):  # somebody has killed it
            os.write(self._ours, b"revoked\n")
        os.close(self._ours)
        os.waitpid(self._pid, 0)
