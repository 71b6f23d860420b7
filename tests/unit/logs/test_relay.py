"""A driver in a process of its own never makes the monitor wait, whatever happens to it."""

import gc
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nerdpy.logs.driver import LogDriver, Waiter
from nerdpy.logs.drivers import relay
from nerdpy.logs.drivers.relay import Relay
from nerdpy.logs.drivers.remote import Server
from nerdpy.model.monitor import STDERR, STDOUT

pytestmark = pytest.mark.may_run


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    """The driver's process is a fork of ours here, and may not run the destructors of what other tests have
    left to the garbage collector: gRPC's would wait for threads that it has not."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class ToFile(LogDriver):
    """Waits for `gate`, then writes what comes to a file."""

    def __init__(self, path: Path, gate: Path | None = None) -> None:
        self._path = path
        self._gate = gate

    def write(self, stream: int, data: bytes) -> None:
        while self._gate is not None and not self._gate.exists():
            time.sleep(0.01)
        with self._path.open("ab") as file:
            file.write(data if stream == STDOUT else data.upper())

    def close(self) -> None:
        self._path.with_suffix(".done").touch()


class Stuck(LogDriver):
    """Never gets on, until the waiter says that it is over."""

    def __init__(self, waiter: Waiter) -> None:
        self._waiter = waiter

    def write(self, stream: int, data: bytes) -> None:
        while self._waiter.wait(0.05):
            pass


def eventually(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_everything_arrives_in_order(tmp_path: Path) -> None:
    out = tmp_path / "out"
    driver = Relay(0, lambda waiter: ToFile(out), lambda text: None)
    for number in range(1000):
        driver.write(STDERR if number % 2 else STDOUT, b"line %d\n" % number)
    driver.close()
    eventually(out.with_suffix(".done").exists)
    lines = [b"LINE %d\n" % number if number % 2 else b"line %d\n" % number for number in range(1000)]
    assert out.read_bytes() == b"".join(lines)


def test_a_slow_driver_loses_nothing_while_the_container_is_held_up(tmp_path: Path) -> None:
    out, gate = tmp_path / "out", tmp_path / "gate"
    driver = Relay(0, lambda waiter: ToFile(out, gate), lambda text: None)
    count = 0
    while driver.patience() is None:  # as long as the loop would read on
        driver.write(STDOUT, b"x" * 16384)
        count += 1
    assert driver.descriptor() >= 0
    gate.touch()
    driver.close()
    eventually(out.with_suffix(".done").exists)
    assert out.stat().st_size == count * 16384


def test_a_driver_that_does_not_get_on_costs_output_but_no_more_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "HOLD", 0.05)
    out, gate = tmp_path / "out", tmp_path / "gate"
    driver = Relay(0, lambda waiter: ToFile(out, gate), lambda text: None)
    while driver.patience() is None:
        driver.write(STDOUT, b"x" * 16384)
    eventually(lambda: driver.patience() == 0)
    size = len(driver._outbox)
    for _ in range(1000):
        driver.write(STDOUT, b"y" * 16384)
    assert len(driver._outbox) == size
    gate.touch()
    while driver._outbox:
        driver.flush()
    driver.write(STDOUT, b"again\n")
    driver.close()
    eventually(out.with_suffix(".done").exists)
    text = out.read_bytes()
    assert text.endswith(f"NERDPY: {1000 * 16384} BYTES OF THE LOG ARE MISSING HERE\nagain\n".encode())
    assert b"y" not in text


def test_non_blocking_never_asks_to_wait_and_keeps_what_it_may(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    driver = Relay(300_000, lambda waiter: ToFile(tmp_path / "out", gate), lambda text: None)
    for _ in range(100):
        driver.write(STDOUT, b"x" * 16384)
        assert driver.patience() is None
    assert 300_000 <= len(driver._outbox) < 300_000 + 2 * 16384
    gate.touch()
    driver.close()


def test_a_driver_that_dies_is_told_of_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    def note(text: str) -> None:
        with notes.open("a") as file:
            file.write(f"{text}\n")

    def broken(waiter: Waiter) -> LogDriver:
        raise ValueError("no such thing")

    driver = Relay(0, broken, note)
    while driver._pipe >= 0:
        driver.write(STDOUT, b"x" * 16384)
    assert driver.patience() is None
    driver.write(STDOUT, b"x")
    driver.close()
    assert notes.read_text().splitlines() == [
        "log driver: ValueError: no such thing",
        "log driver: Broken pipe: nothing more is logged",
        "log driver: the last 1 bytes of output are lost: nobody took them",
    ]


def test_a_stuck_driver_gives_up_after_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LAST_WORDS", 0.1)
    reader, writer = os.pipe()

    def make(waiter: Waiter) -> LogDriver:
        return Stuck(waiter)

    pid = os.fork()
    if not pid:
        os.close(writer)
        relay.serve(reader, make, lambda text: None)
    os.close(reader)
    os.write(writer, relay.render_frame(STDOUT, 1, b"x") * 3)
    os.close(writer)
    eventually(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid)


class Patient(Waiter):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def wait(self, seconds: float) -> bool:
        time.sleep(min(seconds, 0.01))
        return True

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_a_server_is_tried_until_it_is_there(tmp_path: Path) -> None:
    path, waiter = str(tmp_path / "s"), Patient()
    server = Server("unix", path, waiter)
    server.attempts = 2
    assert server.send(b"lost") is False
    assert waiter.notes == [f"log server unix://{path}: No such file or directory"] * 2
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        assert server.send(b"one")
        assert server.send(b"two")
        connection = listener.accept()[0]
        assert connection.recv(6, socket.MSG_WAITALL) == b"onetwo"
        connection.close()
        assert server.send(b"three")  # the first one after a connection's end is not lost
        assert listener.accept()[0].recv(5) == b"three"
        server.close()


def test_a_datagram_that_is_too_long_is_cut(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        server = Server("udp", f"127.0.0.1:{listener.getsockname()[1]}", Patient())
        server.send_all([b"x" * 100_000, b"y"])
        assert listener.recv(1 << 17) == b"x" * 50_000
        assert listener.recv(1 << 17) == b"y"
        server.close()
