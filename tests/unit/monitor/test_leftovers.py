"""Output of a command whose client is gone: the monitor takes it, so that the command can go on."""

import os
import select
from functools import partial

import pytest

from nerdpy.stdio.drain import drain_beside
from nerdpy.stdio.monitor import leave_to_monitor
from tests.fakes.shim import CONTAINER_ID, Run, eventually

pytestmark = pytest.mark.may_run


def _pipe() -> tuple[int, int]:
    reads, writes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    return reads, writes


def _fill(pipe: int) -> None:
    """Write until there is no room."""
    try:
        while True:
            os.write(pipe, b"x" * 4096)
    except BlockingIOError:
        return


def _has_room(pipe: int, seconds: float) -> bool:
    poller = select.poll()
    poller.register(pipe, select.POLLOUT)
    return bool(poller.poll(seconds * 1000))


def _holds(run: Run, pipe: int) -> bool:
    """Has the monitor this pipe open? (Both ends have one name.)"""
    assert run.monitor is not None
    name = os.readlink(f"/proc/self/fd/{pipe}")
    folder = f"/proc/{run.monitor.pid}/fd"
    return any(os.readlink(f"{folder}/{one}") == name for one in os.listdir(folder))


def _lets_go(run: Run, pipe: int) -> bool:
    return not _holds(run, pipe)


def test_what_a_client_leaves_behind_is_read_to_its_end(run: Run) -> None:
    run.start()
    run.contain("sleep", "60")
    pipes = [_pipe(), _pipe()]
    heir = leave_to_monitor(run.paths.attach_socket(CONTAINER_ID), [reads for reads, _ in pipes])
    assert heir is not None
    assert all(eventually(partial(_holds, run, reads)) for reads, _ in pipes)
    for reads, writes in pipes:
        os.close(reads)
        _fill(writes)
        assert not _has_room(writes, 0.1), "the client, while it is here, does the reading"
    heir.close()
    for _, writes in pipes:
        for _ in range(3):
            assert _has_room(writes, 10)
            _fill(writes)
    gone = [os.open(f"/proc/self/fd/{writes}", os.O_PATH) for _, writes in pipes]
    for _, writes in pipes:
        os.close(writes)
    assert all(eventually(partial(_lets_go, run, pipe)) for pipe in gone)
    assert run.connect().look()


def test_an_output_that_has_ended_before_its_client_is_let_go(run: Run) -> None:
    run.start()
    run.contain("sleep", "60")
    reads, writes = _pipe()
    heir = leave_to_monitor(run.paths.attach_socket(CONTAINER_ID), [reads])
    assert heir is not None
    assert eventually(lambda: _holds(run, reads))
    os.close(writes)
    heir.close()
    assert eventually(lambda: not _holds(run, reads))
    os.close(reads)


def test_without_a_monitor_there_is_no_heir_but_a_reader_beside(run: Run) -> None:
    reads, writes = _pipe()
    assert leave_to_monitor(run.paths.attach_socket(CONTAINER_ID), [reads]) is None
    drain_beside([reads])
    os.close(reads)
    for _ in range(3):
        assert _has_room(writes, 10)
        _fill(writes)
    os.close(writes)
    assert eventually(lambda: os.wait()[1] == 0)
