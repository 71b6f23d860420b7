"""The C halves of json, socket and signal, without the Python halves.

Those would bring enum, re, collections and selectors: 10 ms of every container's start and 1.5 MB of private
memory for as long as it runs. CPython 3.8 to 3.14 have what is used here.
"""

import _json
import _signal  # type: ignore[import-not-found]  # typeshed does not know it
import _socket
import os

SIGTERM: int = _signal.SIGTERM
SIGCHLD: int = _signal.SIGCHLD
_IGNORED: tuple[int, ...] = (
    _signal.SIGHUP,
    _signal.SIGINT,
    _signal.SIGQUIT,
    _signal.SIGUSR1,
    _signal.SIGUSR2,
)

Socket = _socket.socket
MAX_PASSED = 253
"""SCM_MAX_FD: how many descriptors one message can carry."""


class _Grammar:
    """What the scanner asks of its JSONDecoder."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    memo: dict[str, str] = {}

    @staticmethod
    def parse_constant(text: str) -> object:
        raise ValueError(text)


_scan = _json.make_scanner(_Grammar)  # type: ignore[arg-type]  # any object with these attributes does


def parse_object(text: bytes) -> dict[str, object]:
    """A JSON object; anything else, broken text too, is an empty one."""
    try:
        value, _ = _scan(text.decode().strip(), 0)
    except (ValueError, StopIteration, SystemError):  # the last, because json.decoder's error isn't loaded
        return {}
    return value if isinstance(value, dict) else {}


def load_object(path: str) -> dict[str, object]:
    """The JSON object in a small file; an empty one when there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return {}
    try:
        return parse_object(os.read(descriptor, 1 << 20))
    finally:
        os.close(descriptor)


def signals_to(descriptor: int) -> None:
    """SIGTERM and SIGCHLD become bytes in `descriptor`; what a terminal or a stray hand sends has no
    effect."""
    _signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
    for number in (SIGTERM, SIGCHLD):
        _signal.signal(number, _noted)
    for number in _IGNORED:
        _signal.signal(number, _signal.SIG_IGN)


def _noted(number: int, frame: object) -> None:
    """Without a handler Python would not write to the wakeup descriptor."""


def signals_as_usual() -> None:
    """For a child before exec: what is ignored would stay so."""
    _signal.set_wakeup_fd(-1)
    for number in (*_IGNORED, SIGTERM, SIGCHLD, _signal.SIGPIPE):
        _signal.signal(number, _signal.SIG_DFL)


def listen_at(folder: str, name: str) -> Socket:
    """A listening unix socket, 0600. Its address is short however long the folder's path is."""
    directory = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    mask = os.umask(0o177)
    try:
        if os.path.lexists(f"{folder}/{name}"):
            os.unlink(f"{folder}/{name}")
        listener = Socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC | _socket.SOCK_NONBLOCK)
        listener.bind(f"/proc/self/fd/{directory}/{name}")
        listener.listen(64)
    finally:
        os.umask(mask)
        os.close(directory)
    return listener


def accept_from(listener: Socket) -> Socket:
    """The next connection, not blocking."""
    descriptor, _ = listener._accept()  # type: ignore[attr-defined]  # the C half has this name for it
    connection = Socket(fileno=descriptor)
    connection.setblocking(False)
    return connection


def receive(connection: Socket, size: int) -> tuple[bytes, list[int]]:
    """Some bytes and the descriptors that came with them."""
    data, ancillary, _, _ = connection.recvmsg(
        size, _socket.CMSG_SPACE(4 * MAX_PASSED), _socket.MSG_CMSG_CLOEXEC
    )
    descriptors: list[int] = []
    for level, kind, payload in ancillary:
        if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
            descriptors += memoryview(payload[: len(payload) // 4 * 4]).cast("i").tolist()
    return data, descriptors
