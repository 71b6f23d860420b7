"""Keep the engine's name server as it should be: alive, and aware of the host's own servers.

Asked by commands that have nothing to do with networks, so it imports next to nothing before there is a
server.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.engine import Engine

FAILURE = "failed"
"""A file whose time is that of the last failure to start the server."""
_PAUSE = timedelta(minutes=1)


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the name server's lock: one change of its zones at a time."""
    path = engine.paths.dns_lock
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_tending_due(engine: Engine) -> bool:
    """Should the name server run, and doesn't, or has it read an older resolv.conf of the host's?"""
    if not engine.paths.dns.is_dir():
        return False
    from nerdpy.network.name_server import NameServer, host_edition

    server = NameServer(engine.paths.dns)
    known = server.load()
    if known and known.is_running:
        return known.host != host_edition()
    return bool(server.files()) and not _has_failed_lately(engine)


def tend(engine: Engine) -> None:
    """Bring a name server back that has died, and let it follow the host's resolv.conf."""
    if not is_tending_due(engine):
        return
    from nerdpy.network.name_server import NameServer

    with alone(engine):
        if is_tending_due(engine) and not NameServer(engine.paths.dns).update():
            with suppress(OSError):
                _failure(engine).touch(0o600)


def _has_failed_lately(engine: Engine) -> bool:
    """A server that does not come up is not waited for by every command."""
    with suppress(OSError):
        return time.time() - _failure(engine).stat().st_mtime < _PAUSE.total_seconds()
    return False


def _failure(engine: Engine) -> Path:
    return engine.paths.dns / FAILURE
