"""A session connects the user with a process, respects whoever is slow, and says how it ended."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from nerdpy.model.monitor import CONTROL, STDERR, STDOUT, render_frame
from nerdpy.stdio.monitor import MonitorConnection
from nerdpy.stdio.session import Ending, Wiring, converse
from nerdpy.stdio.signals import FORWARDED, Signals
from nerdpy.stdio.source import FifoSource
from nerdpy.stdio.wakeup import Wakeup


@dataclass
class Pipes:
    """Pipes of a test, closed at its end."""

    opened: list[int] = field(default_factory=list)

    def pair(self) -> tuple[int, int]:
        ends = os.pipe()
        self.opened += ends
        return ends

    def close(self, descriptor: int) -> None:
        self.opened.remove(descriptor)
        os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    pipes = Pipes()
    yield pipes
    for descriptor in pipes.opened:
        with suppress(OSError):
            os.close(descriptor)


def filled(pipes: Pipes, data: bytes = b"") -> int:
    """The reading end of a pipe that holds `data` and its end."""
    reading, writing = pipes.pair()
    os.write(writing, data)
    pipes.close(writing)
    return reading


def source_of(pipes: Pipes, *, stdout: bytes = b"", stderr: bytes | None = None) -> FifoSource:
    ends = [filled(pipes, data) if data is not None else None for data in (stdout, stderr)]
    for end in ends:
        if end is not None:
            pipes.opened.remove(end)  # the source closes it
    return FifoSource(stdout=ends[0], stderr=ends[1])


def test_both_streams_go_where_they_belong(pipes: Pipes) -> None:
    out, err = pipes.pair(), pipes.pair()
    source = source_of(pipes, stdout=b"out\n", stderr=b"err\n")
    assert converse(Wiring(source=source, stdout=out[1], stderr=err[1])) is Ending.EXITED
    assert os.read(out[0], 100) == b"out\n"
    assert os.read(err[0], 100) == b"err\n"


def test_a_stream_that_nobody_wants_is_read_and_dropped(pipes: Pipes) -> None:
    err = pipes.pair()
    source = source_of(pipes, stdout=b"out\n", stderr=b"err\n")
    assert converse(Wiring(source=source, stdout=None, stderr=err[1])) is Ending.EXITED
    assert os.read(err[0], 100) == b"err\n"


def test_one_descriptor_may_take_both_streams(pipes: Pipes) -> None:
    out = pipes.pair()
    source = source_of(pipes, stdout=b"out\n", stderr=b"err\n")
    assert converse(Wiring(source=source, stdout=out[1], stderr=out[1])) is Ending.EXITED
    assert sorted(os.read(out[0], 100).split()) == [b"err", b"out"]


def test_a_broken_stdout_ends_the_session(pipes: Pipes) -> None:
    out = pipes.pair()
    pipes.close(out[0])
    source = source_of(pipes, stdout=b"out\n")
    assert converse(Wiring(source=source, stdout=out[1])) is Ending.OUTPUT_BROKEN


def monitored(*frames: bytes) -> MonitorConnection:
    import socket

    ours, theirs = socket.socketpair()
    for frame in frames:
        theirs.sendall(frame)
    theirs.close()
    return MonitorConnection(ours)


END = render_frame(CONTROL, b'{"end": true}')


def test_the_monitors_end_is_an_exit(pipes: Pipes) -> None:
    out = pipes.pair()
    source = monitored(
        render_frame(STDOUT, b"a"), render_frame(STDERR, b"x"), render_frame(STDOUT, b"b"), END
    )
    assert converse(Wiring(source=source, stdout=out[1], stderr=None)) is Ending.EXITED
    assert os.read(out[0], 10) == b"ab"


def test_a_monitor_that_goes_without_a_word_closed_the_stream(pipes: Pipes) -> None:
    out = pipes.pair()
    source = monitored(render_frame(STDOUT, b"a"), render_frame(STDOUT, b"torn")[:-2])
    assert converse(Wiring(source=source, stdout=out[1], stderr=None)) is Ending.STREAM_CLOSED
    assert os.read(out[0], 10) == b"a"


def test_frames_may_come_in_any_pieces() -> None:
    import socket

    ours, theirs = socket.socketpair()
    connection = MonitorConnection(ours)
    found = b""
    for byte in render_frame(STDOUT, b"hello") + render_frame(STDOUT, b"") + render_frame(STDERR, b"x"):
        theirs.send(bytes([byte]))
        found += b"".join(output.data for output in connection.receive(ours.fileno()))
    assert found == b"hellox"
    theirs.close()
    connection.close()


@pytest.mark.may_run
def test_a_slow_reader_gets_everything_even_long_after_the_exit(pipes: Pipes) -> None:
    out = pipes.pair()
    frames = [render_frame(STDOUT, b"x" * 50_000) for _ in range(4)]
    source = monitored(*frames, END)
    exited = Wakeup()
    exited.set()
    found: list[bytes] = []

    def read() -> None:
        while data := os.read(out[0], 5_000):
            found.append(data)
            time.sleep(0.01)

    reader = threading.Thread(target=read)
    reader.start()
    source.grace = type(source.grace)(milliseconds=1)
    assert converse(Wiring(source=source, stdout=out[1], stderr=None, exited=exited)) is Ending.EXITED
    pipes.close(out[1])
    reader.join()
    assert len(b"".join(found)) == 200_000
    exited.close()


@pytest.mark.may_run
def test_streams_that_stay_open_after_the_exit_are_not_waited_for(pipes: Pipes) -> None:
    reading, writing = pipes.pair()
    pipes.opened.remove(reading)
    out = pipes.pair()
    os.write(writing, b"last")
    source = FifoSource(stdout=reading)
    source.grace = type(source.grace)(milliseconds=50)
    exited = Wakeup()
    exited.set()
    assert converse(Wiring(source=source, stdout=out[1], exited=exited)) is Ending.EXITED
    assert os.read(out[0], 10) == b"last"
    source.close()
    exited.close()


# --- input ------------------------------------------------------------------------------------------------


@dataclass
class Container:
    """The other end of a session with stdin: what it reads, and when it ends."""

    output: int
    stdin: int

    def end(self) -> None:
        os.close(self.output)


def with_stdin(pipes: Pipes) -> tuple[FifoSource, Container, int]:
    """A source that is open, the container, and the writing end of its stdin for the session."""
    reading, writing = pipes.pair()
    pipes.opened.remove(reading)
    pipes.opened.remove(writing)
    stdin_reading, stdin_writing = pipes.pair()
    pipes.opened.remove(stdin_writing)
    os.set_blocking(stdin_writing, False)
    return FifoSource(stdout=reading), Container(writing, stdin_reading), stdin_writing


@pytest.mark.parametrize("size", [0, 5, 50_000])
def test_stdin_is_forwarded_whole_and_then_closed(pipes: Pipes, size: int) -> None:
    source, container, to_container = with_stdin(pipes)
    calls: list[bytes] = []

    def on_stdin_end() -> None:
        calls.append(b"".join(iter(lambda: os.read(container.stdin, 65536), b"")))
        container.end()

    stdin = filled(pipes, b"x" * size)
    wiring = Wiring(
        source=source, stdout=None, stdin=stdin, container_stdin=to_container, on_stdin_end=on_stdin_end
    )
    assert converse(wiring) is Ending.EXITED
    assert calls == [b"x" * size]


def test_a_container_that_does_not_read_slows_the_users_stdin_down(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    received = b""
    stdin, typing = pipes.pair()
    total = 1_000_000

    def type_all() -> None:
        os.write(typing, b"x" * total)
        pipes.close(typing)

    def read_all() -> None:
        nonlocal received
        while data := os.read(container.stdin, 65536):
            received += data
        container.end()

    threads = [threading.Thread(target=type_all), threading.Thread(target=read_all)]
    for thread in threads:
        thread.start()
    assert (
        converse(Wiring(source=source, stdout=None, stdin=stdin, container_stdin=to_container))
        is Ending.EXITED
    )
    for thread in threads:
        thread.join()
    assert len(received) == total


def test_a_container_that_closes_its_stdin_goes_on(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    pipes.close(container.stdin)
    out = pipes.pair()
    stdin = filled(pipes, b"nobody reads this")
    os.write(container.output, b"still here")
    container.end()
    wiring = Wiring(source=source, stdout=out[1], stdin=stdin, container_stdin=to_container)
    assert converse(wiring) is Ending.EXITED
    assert os.read(out[0], 100) == b"still here"


def test_the_detach_keys_end_the_session_and_are_not_forwarded(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    stdin, typing = pipes.pair()
    os.write(typing, b"ls\n\x10\x11")
    wiring = Wiring(
        source=source, stdout=None, stdin=stdin, container_stdin=to_container, detach_keys=b"\x10\x11"
    )
    assert converse(wiring) is Ending.DETACHED
    assert os.read(container.stdin, 100) == b"ls\n"
    source.close()
    container.end()


def test_half_the_detach_keys_at_the_end_of_input_are_forwarded(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    stdin = filled(pipes, b"x\x10")
    wiring = Wiring(
        source=source,
        stdout=None,
        stdin=stdin,
        container_stdin=to_container,
        detach_keys=b"\x10\x11",
        on_stdin_end=container.end,
    )
    assert converse(wiring) is Ending.EXITED
    assert os.read(container.stdin, 100) == b"x\x10"


def test_a_closed_stdin_is_an_empty_one(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    stdin, typing = pipes.pair()
    pipes.close(stdin)
    pipes.close(typing)
    wiring = Wiring(
        source=source, stdout=None, stdin=stdin, container_stdin=to_container, on_stdin_end=container.end
    )
    assert converse(wiring) is Ending.EXITED


# --- signals ----------------------------------------------------------------------------------------------


def test_signals_are_forwarded_and_a_new_size_is_told(pipes: Pipes) -> None:
    source, container, to_container = with_stdin(pipes)
    os.close(to_container)
    seen: list[object] = []

    def on_signal(number: int) -> None:
        seen.append(number)
        if number == signal.SIGRTMIN + 1:
            container.end()

    with Signals([*FORWARDED, signal.SIGWINCH]) as signals:
        for number in (signal.SIGTERM, signal.SIGWINCH, signal.SIGINT, signal.SIGRTMIN + 1):
            os.kill(os.getpid(), number)
        wiring = Wiring(
            source=source,
            stdout=None,
            signals=signals,
            on_signal=on_signal,
            on_resize=lambda: seen.append("resized"),
        )
        assert converse(wiring) is Ending.EXITED
    assert set(seen) == {"resized", signal.SIGTERM, signal.SIGINT, signal.SIGRTMIN + 1}


def test_handlers_are_as_before_afterwards() -> None:
    before = {number: signal.getsignal(number) for number in FORWARDED}
    with Signals(FORWARDED):
        assert signal.getsignal(signal.SIGTERM) != before[signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in FORWARDED} == before


@pytest.mark.parametrize(
    "number",
    [
        *(signal.SIGCHLD, signal.SIGPIPE, signal.SIGURG, signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT),
        *(signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV),
    ],
)
def test_signals_about_ourselves_are_not_forwarded(number: int) -> None:
    assert number not in FORWARDED


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGABRT]
)
def test_signals_for_the_container_are_forwarded(number: int) -> None:
    assert number in FORWARDED
