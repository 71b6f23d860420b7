"""`binary:///path?key=value`: a program that takes the output, by the contract of containerd's shims.

It has the container's standard output on descriptor 3 and standard error on 4, is told CONTAINER_ID and
CONTAINER_NAMESPACE and nothing else, and closes 5 when it is ready. When both streams end it has ten seconds
to end too. (containerd's runtime/v2 README, "Logging"; there nothing stands between it and the container.)
"""

import os
import select
import time

from nerdpy.logs.driver import LogDriver, Waiter
from nerdpy.model.monitor import STDERR, STDOUT, LogSettings

PATIENCE = 10.0
"""Seconds between the end of the streams and SIGTERM, and from there to SIGKILL."""
SIGTERM, SIGKILL = 15, 9
READY = 5


class Program(LogDriver):
    """The program and our ends of its pipes."""

    def __init__(self, settings: LogSettings, waiter: Waiter) -> None:
        self._path = settings.path
        self._waiter = waiter
        self._pipes: dict[int, int] = {}
        readers = []
        for stream in (STDOUT, STDERR):
            reader, self._pipes[stream] = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(self._pipes[stream], False)
            readers.append(reader)
        self._ready, says_ready = os.pipe2(os.O_CLOEXEC)  # kept open: some write a byte. Nobody has to wait
        self._pid = _started(settings, (*readers, says_ready))
        for descriptor in (*readers, says_ready):
            os.close(descriptor)

    def write(self, stream: int, data: bytes) -> None:
        pipe, done = self._pipes[stream], 0
        poller = select.poll()
        poller.register(pipe, select.POLLOUT)
        try:
            while done < len(data) and (poller.poll(1000) or self._waiter.wait(0)):
                done += _written(pipe, data[done:])
        except BrokenPipeError:
            self._waiter.note(f'log program "{self._path}" takes nothing any more')

    def close(self) -> None:
        for pipe in self._pipes.values():
            os.close(pipe)
        if not self._has_ended_within(PATIENCE):
            os.kill(self._pid, SIGTERM)
            if not self._has_ended_within(PATIENCE):
                os.kill(self._pid, SIGKILL)
                os.waitpid(self._pid, 0)
        os.close(self._ready)

    def _has_ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not os.waitpid(self._pid, os.WNOHANG)[0]:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True


def _written(pipe: int, data: bytes) -> int:
    try:
        return os.write(pipe, data)
    except BlockingIOError:
        return 0


def _started(settings: LogSettings, descriptors: tuple[int, ...]) -> int:
    """posix_spawn, whose file actions put the descriptors where they belong; they may stand there already."""
    import fcntl

    given = settings.options.get("arguments")
    arguments = [str(word) for word in given] if isinstance(given, list) else []
    away = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in descriptors]
    try:
        return os.posix_spawn(
            settings.path,
            [settings.path, *arguments],
            {key: os.environ[key] for key in ("CONTAINER_ID", "CONTAINER_NAMESPACE")},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, source, to) for to, source in enumerate(away, start=STDOUT + 2)
            ],
            setsigdef=[1, 2, 3, 13, SIGTERM],
            setsigmask=[],
        )
    finally:
        for descriptor in away:
            os.close(descriptor)
