"""Start a small program the cheap way: posix_spawn (no copy of our page tables) and memory files for pipes.

Memory files need no thread to feed or drain them, and a program that writes much can't block. The program
leads its own process group, so that Ctrl-C on the terminal doesn't kill it halfway.
"""

import os
import select
import signal
from collections.abc import Mapping, Sequence
from datetime import timedelta

from nerdpy.dataclass import dataclass

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the system's tools are, whatever the caller's own PATH says."""
PATIENCE = timedelta(seconds=60)
SHARED = 3
"""The number under which the program gets the descriptor that it shares."""


@dataclass(frozen=True)
class Ended:
    """How it went. A negative status is the signal that killed it."""

    status: int
    output: bytes
    talk: bytes

    def sentence(self) -> str:
        """What the program said about its failure."""
        text = self.talk.decode(errors="replace").strip() or self.output.decode(errors="replace").strip()
        return text[-500:] or (f"signal {-self.status}" if self.status < 0 else f"exit status {self.status}")


@dataclass(frozen=True)
class Spawned:
    """A program under way."""

    pid: int
    watched: int
    output: int
    talk: int

    def finished(self, patience: timedelta = PATIENCE) -> Ended:
        """Wait for its end; TimeoutError after `patience`, and then it is dead too."""
        try:
            poller = select.poll()  # select(2) knows no descriptor above 1023
            poller.register(self.watched, select.POLLIN)
            in_time = bool(poller.poll(patience.total_seconds() * 1000))
            if not in_time:
                os.killpg(self.pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            if not in_time:
                raise TimeoutError
            return Ended(status, _content(self.output), _content(self.talk))
        finally:
            for descriptor in (self.watched, self.output, self.talk):
                os.close(descriptor)


def start(
    argv: Sequence[str], *, environment: Mapping[str, str], text: bytes = b"", shared: int = -1
) -> Spawned:
    """Start `argv[0]`, a path, with `text` on its stdin; `shared` is a descriptor that it gets as well."""
    stdin, output, talk = (os.memfd_create(name) for name in ("stdin", "stdout", "stderr"))
    try:
        _write_all(stdin, text)
        os.lseek(stdin, 0, os.SEEK_SET)
        wired = [(os.POSIX_SPAWN_DUP2, source, to) for to, source in enumerate((stdin, output, talk))]
        if shared >= 0:
            wired.append((os.POSIX_SPAWN_DUP2, shared, SHARED))
        pid = os.posix_spawn(
            argv[0],
            list(argv),
            environment,
            file_actions=wired,
            setpgroup=0,
            setsigmask=(),
            setsigdef=(signal.SIGPIPE, signal.SIGINT),
        )
        return Spawned(pid, os.pidfd_open(pid), output, talk)
    except BaseException:
        os.close(output)
        os.close(talk)
        raise
    finally:
        os.close(stdin)


def find_tool(name: str) -> str:
    """The path of one of the system's tools; empty when it is not installed."""
    for folder in SEARCH_PATH.split(":"):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK):
            return path
    return ""


def run_tool(path: str, *arguments: str, text: bytes = b"") -> Ended:
    """Run one of the system's tools to its end, in plain English."""
    return start([path, *arguments], environment={"PATH": SEARCH_PATH, "LC_ALL": "C"}, text=text).finished()


def _write_all(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
