"""FIFOs between nerdpy and a shim, opened so that nobody ever waits for an other end that does not come."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.errors import FailedPrecondition


@dataclass(frozen=True, kw_only=True)
class Fifos:
    """The paths to be given to containerd; None for a stream that is not wanted."""

    stdin: Path | None = None
    stdout: Path | None = None
    stderr: Path | None = None

    def remove(self) -> None:
        """Take the paths away. Open ends go on working."""
        for path in (self.stdin, self.stdout, self.stderr):
            if path:
                path.unlink(missing_ok=True)


def make_fifos(
    folder: Path, prefix: str = "", *, stdin: bool = False, stdout: bool = False, stderr: bool = False
) -> Fifos:
    """Make FIFOs `<prefix>stdin` and so on in `folder` (0700), in place of any that a dead task has left."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Fifos(
        stdin=_made(folder / f"{prefix}stdin") if stdin else None,
        stdout=_made(folder / f"{prefix}stdout") if stdout else None,
        stderr=_made(folder / f"{prefix}stderr") if stderr else None,
    )


def _made(path: Path) -> Path:
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        path.unlink()
        os.mkfifo(path, 0o600)
    return path


@contextmanager
def fifos_for_exec(
    folder: Path, exec_id: str, *, stdin: bool, stdout: bool = True, stderr: bool = True
) -> Iterator[Fifos]:
    """FIFOs of one exec'd process, whose paths go away at the end."""
    fifos = make_fifos(folder, f"{exec_id}-", stdin=stdin, stdout=stdout, stderr=stderr)
    try:
        yield fifos
    finally:
        fifos.remove()


def open_reader(path: Path) -> int:
    """The reading end, not blocking; to be opened before the shim opens the writing end, so that nothing
    is lost."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def open_writer(path: Path, patience: timedelta = timedelta(seconds=2)) -> int:
    """The writing end, not blocking. The shim has the reading end since the task's creation; else nobody
    will."""
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise FailedPrecondition("the process has no open stdin") from error
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() >= deadline:
                raise FailedPrecondition("nobody reads the process's stdin") from error
        time.sleep(0.005)
