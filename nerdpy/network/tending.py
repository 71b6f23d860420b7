"""Keep the engine's name server as it should be: alive, and aware of the host's own servers.

Asked by commands that have nothing to do with networks, so it imports next to nothing before there is a
server.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Warned
from nerdpy.linux.process import is_alive
from nerdpy.network.resolvconf import HOST_FILE

ZONES, SERVER, PID_FILE = "zones", "server.json", "aardvark.pid"
"""In the server's folder; the pid file, aardvark-dns's own, stands among the zones."""
FAILURE = "failed"
"""A file whose time is that of the last failure to start the server."""
_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Server:
    """`server.json`: the process that was started."""

    pid: int
    start: int
    """Ticks since boot, so that the pid means this very process."""
    is_steady: bool
    """Does it answer while it reads its zones anew?"""
    host: str
    """Which edition of the host's resolv.conf it has read, see `host_edition`."""

    @property
    def is_running(self) -> bool:
        """Is it still there?"""
        return is_alive(self.pid, self.start)


def host_edition() -> str:
    """Tells one edition of the host's resolv.conf from the next."""
    try:
        found = os.stat(HOST_FILE)
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"


def load_server(folder: Path) -> Server | None:
    """The process that was started last for this folder; it may be dead."""
    try:
        return Server(**json.loads((folder / SERVER).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def zone_files(folder: Path) -> list[Path]:
    """The networks that the server of this folder knows, or is to know: a file each."""
    try:
        return [path for path in (folder / ZONES).iterdir() if path.name != PID_FILE]
    except FileNotFoundError:
        return []


@contextmanager
def alone(engine: Engine, *, waits: bool = True) -> Iterator[None]:
    """Hold the name server's lock: one change of its zones at a time. BlockingIOError: it is held, and this
    command is not to wait."""
    path = engine.paths.dns_lock
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def is_tending_due(engine: Engine) -> bool:
    """Should the name server run, and doesn't, or has it read an older resolv.conf of the host's, or older
    zones, for who changed them was killed?"""
    folder = engine.paths.dns
    if not folder.is_dir():
        return False
    known = load_server(folder)
    if known and known.is_running:
        return known.host != host_edition() or _has_older_zones(folder)
    return bool(zone_files(folder)) and not _has_failed_lately(engine)


def tend(engine: Engine) -> None:
    """Bring a name server back that has died, and let it follow the host's resolv.conf.

    Any command may do it, so none waits for another one that is at it, nor fails because of it.
    """
    if not is_tending_due(engine):
        return
    from nerdpy.network.name_server import NameServer

    try:
        with alone(engine, waits=False):
            if is_tending_due(engine) and not NameServer(engine.paths.dns).update():
                _failure(engine).touch(0o600)
    except BlockingIOError:
        return
    except OSError as error:
        engine.notify(Warned(f"the DNS server of this engine's networks was not looked after: {error}"))


def _has_older_zones(folder: Path) -> bool:
    with suppress(OSError):
        return (folder / ZONES).stat().st_mtime_ns > (folder / SERVER).stat().st_mtime_ns
    return False


def _has_failed_lately(engine: Engine) -> bool:
    """A server that does not come up is not waited for by every command."""
    with suppress(OSError):
        return time.time() - _failure(engine).stat().st_mtime < _PAUSE.total_seconds()
    return False


def _failure(engine: Engine) -> Path:
    return engine.paths.dns / FAILURE
