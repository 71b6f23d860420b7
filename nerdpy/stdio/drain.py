"""Output of a command that nobody wants any more, in a container without a monitor of ours: read by a small
process that outlives us, so that the command does not wait for room in its pipe for ever."""

import os
from collections.abc import Iterable
from contextlib import suppress

from nerdpy.linux.spawn import SEARCH_PATH

_READER = "cat"
"""It needs a tenth of what a Python would."""


def drain_beside(descriptors: Iterable[int]) -> None:
    """Start a reader for each of these reading ends; it goes when the last writer has gone. The caller may
    close his own copies."""
    for descriptor in descriptors:
        os.set_blocking(descriptor, True)  # the reader knows no other
        with suppress(OSError):  # a machine without it: the command may have to wait, as it would anyway
            os.posix_spawnp(
                _READER,
                [_READER],
                {"PATH": SEARCH_PATH},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, descriptor, 0),
                    *((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)),
                ],
                setsid=True,
                setsigmask=[],
            )
