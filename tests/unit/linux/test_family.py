"""A process and all that it has started go together."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from nerdpy.linux.family import kill_family
from nerdpy.linux.process import fields_of

pytestmark = pytest.mark.may_run


@pytest.fixture
def family() -> Iterator["subprocess.Popen[bytes]"]:
    """A leader of a session with a child, and a grandchild in a session of its own."""
    script = "sleep 1000 & sh -c 'setsid sleep 1001 & echo $$ $!; wait' & wait"
    leader = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    yield leader
    if leader.poll() is None:
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def test_everybody_is_killed_and_nobody_else(family: "subprocess.Popen[bytes]") -> None:
    assert family.stdout is not None
    others = [int(word) for word in family.stdout.readline().split()]
    bystander = subprocess.Popen(["sleep", "1000"])
    try:
        kill_family(family.pid)
        assert family.wait(10) == -signal.SIGKILL
        assert family.stdout.read() == b""  # whoever held the pipe is gone
        assert [pid for pid in others if (fields_of(pid) or ["Z"])[0] not in {"Z", "X"}] == []
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
        family.stdout.close()


def test_one_that_is_gone_is_fine(family: "subprocess.Popen[bytes]") -> None:
    os.killpg(family.pid, signal.SIGKILL)
    family.wait()
    kill_family(family.pid)
