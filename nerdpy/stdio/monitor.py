"""A client of a container's monitor: its live output, the end of it, and the few things that can be asked
of it."""

import json
import os
import select
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from nerdpy.errors import FailedPrecondition, Unavailable
from nerdpy.linux import process
from nerdpy.model import monitor as words
from nerdpy.paths import StorePaths
from nerdpy.stdio.source import READ_SIZE, Output

PATIENCE = timedelta(seconds=10)
"""How long an answer may take on a busy machine; it takes less than a millisecond on others."""


class MonitorConnection:
    """A `Source` of a container's output from the moment of `connect` on, over its attach socket."""

    grace = timedelta(seconds=10)
    """The monitor itself says when all was sent, so this is for one that hangs."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket: socket.socket | None = connection
        self._buffer = b""
        self._early: list[Output] = []
        self._has_ended = False
        self._heard: list[dict[str, Any]] = []

    @classmethod
    def connect(
        cls, path: Path, *, streams: Sequence[str] = ("stdout", "stderr"), cleans_up: bool = False
    ) -> "MonitorConnection":
        """Connect, and return when the monitor listens to us: what the container writes from here on comes to
        us.

        With `cleans_up` the caller promises to record the exit and do what follows from it: the monitor
        starts `internal exited` only if the connection breaks first. FailedPrecondition when there is no
        monitor.
        """
        connection = cls(_connected(path))
        try:
            connection._ask({words.HELLO: list(streams), words.CLEANS_UP: cleans_up}, words.HELLO)
        except Exception:
            connection.close()
            raise
        return connection

    @property
    def pid(self) -> int:
        """The monitor's own; 0 when it has hung up."""
        if self._socket is None:
            return 0
        pid, _, _ = struct.unpack("3i", self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        return int(pid)

    # --- what can be asked --------------------------------------------------------------------------------
    def cleans_up(self, claim: bool) -> None:
        """Take over the work after the exit, or give it back to the monitor (before detaching)."""
        with suppress(Unavailable):  # it has ended: what is to be done, is done or ours already
            self._ask({words.CLEANS_UP: claim}, words.CLEANS_UP)

    def hold_ports(self, sockets: Sequence[socket.socket]) -> None:
        """Give the monitor copies of bound sockets: the ports stay ours until it ends. The caller may
        close his."""
        for at in range(0, len(sockets), 100):  # the kernel passes at most 253 at once
            some = [one.fileno() for one in sockets[at : at + 100]]
            self._ask({words.HOLD_PORTS: len(some)}, words.HOLD_PORTS, some)

    def release_ports(self) -> None:
        """Let go of all that it holds."""
        self._ask({words.RELEASE_PORTS: True}, words.RELEASE_PORTS)

    def tell_init(self, pid: int) -> None:
        """Say which process is the container's, where `start_monitor` was used: after tasks.create, before
        start."""
        self._ask({words.INIT: pid}, words.INIT)

    def _ask(self, request: dict[str, Any], answer: str, descriptors: Sequence[int] = ()) -> None:
        if self._socket is None:
            raise Unavailable("the container's monitor is gone")
        line = json.dumps(request).encode() + b"\n"
        try:
            if descriptors:
                socket.send_fds(self._socket, [line], list(descriptors))
            else:
                self._socket.sendall(line)
            self._await(answer)
        except OSError as error:
            raise Unavailable(f"the container's monitor is gone: {error.strerror}") from error

    def _await(self, answer: str) -> None:
        """Read until the answer is there; output that comes before it is kept for the session."""
        deadline = time.monotonic() + PATIENCE.total_seconds()
        while not any(answer in heard for heard in self._heard):
            left = deadline - time.monotonic()
            if self._socket is None or left <= 0 or not _is_readable(self._socket, left):
                raise Unavailable("the container's monitor does not answer")
            self._early += self._received()
        self._heard = [heard for heard in self._heard if answer not in heard]

    # --- Source -------------------------------------------------------------------------------------------
    def descriptors(self) -> tuple[int, ...]:
        return () if self._socket is None or self._has_ended else (self._socket.fileno(),)

    def receive(self, descriptor: int) -> list[Output]:
        return self.early() + self._received()

    def early(self) -> list[Output]:
        """Output that came while we waited for an answer."""
        early, self._early = self._early, []
        return early

    @property
    def has_ended(self) -> bool:
        return self._has_ended

    def look(self) -> bool:
        """Is the container's output still open? Reads, and throws away, what there is: for `logs -f`."""
        while self._socket is not None and _is_readable(self._socket, 0):
            self._received()
        return self._socket is not None and not self._has_ended

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _received(self) -> list[Output]:
        if self._socket is None:
            return []
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return []
        except ConnectionError:
            data = b""
        if not data:
            self.close()
            return []
        self._buffer += data
        return list(self._frames())

    def _frames(self) -> Iterator[Output]:
        at = 0
        buffer = self._buffer
        while len(buffer) - at >= words.HEADER_SIZE:
            start = at + words.HEADER_SIZE
            stop = start + int.from_bytes(buffer[at + 4 : start])
            if len(buffer) < stop:
                break
            stream, payload = buffer[at], buffer[start:stop]
            at = stop
            if stream == words.CONTROL:
                self._hear(payload)
            else:
                yield Output(stream, payload)
        self._buffer = buffer[at:]

    def _hear(self, payload: bytes) -> None:
        with suppress(ValueError):
            heard = json.loads(payload)
            self._has_ended = self._has_ended or words.END in heard
            self._heard.append(heard)


def leave_to_monitor(path: Path, descriptors: Sequence[int]) -> socket.socket | None:
    """Have the monitor read (and drop) what comes from these once the returned connection is closed, even by
    our being killed. None: there is no monitor.

    It does not wait for the monitor: a message that it finds later is as good.
    """
    try:
        connection = _connected(path)
    except (FailedPrecondition, OSError):
        return None
    try:
        socket.send_fds(
            connection, [json.dumps({words.KEEP: len(descriptors)}).encode() + b"\n"], descriptors
        )
    except OSError:
        connection.close()
        return None
    return connection


@contextmanager
def claiming_exit(path: Path) -> Iterator[None]:
    """While this lasts, the container's exit is our work: its monitor starts nothing for it, unless we die.

    Nothing is waited for: a monitor that hears of it too late does the work once more, and finds it done.
    """
    connection = None
    with suppress(FailedPrecondition, OSError):
        connection = _connected(path)
        connection.sendall(json.dumps({words.HELLO: [], words.CLEANS_UP: True}).encode() + b"\n")
    try:
        yield
    finally:
        if connection is not None:
            connection.close()


def _is_readable(connection: socket.socket, seconds: float) -> bool:
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    return bool(poller.poll(seconds * 1000))


def _connected(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # A socket's address holds 107 bytes, a container's folder easily more.
            connection.connect(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        connection.close()
        raise FailedPrecondition(
            "the container has no monitor: it isn't running, or nerdpy did not start it"
        ) from error
    except OSError:
        connection.close()
        raise
    return connection


def is_starting(paths: StorePaths, container_id: str) -> bool:
    """Is a command about to start the container?"""
    try:
        value = json.loads((paths.container(container_id) / words.STARTING_FILE).read_text())
        return process.is_alive(value["pid"], value["start_time"])
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def starting(paths: StorePaths, container_id: str) -> Iterator[None]:
    """While this lasts, a monitor that starts leaves the container's network to this process.

    To be held from before tasks.create until the network is attached or the start has failed.
    """
    marker = paths.container(container_id) / words.STARTING_FILE
    own = os.getpid()
    marker.write_text(json.dumps({"pid": own, "start_time": process.start_time(own)}))
    try:
        yield
    finally:
        marker.unlink(missing_ok=True)
