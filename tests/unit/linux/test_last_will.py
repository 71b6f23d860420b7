"""What is done when a process dies before it could do it itself."""

import os
import select
from pathlib import Path

import pytest

from nerdpy.linux.last_will import LastWill

pytestmark = pytest.mark.may_run


class Heir:
    """Hears what the will has left."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fifo"
        os.mkfifo(self.path)
        self._reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def will(self) -> LastWill:
        return LastWill(["/bin/sh", "-c", 'echo "$WORD" > "$0"', str(self.path)], {"WORD": "mine"})

    def hears(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._reader], [], [], seconds)
        return os.read(self._reader, 100) if ready else b""


def test_it_is_carried_out_when_the_process_is_killed(tmp_path: Path) -> None:
    heir = Heir(tmp_path)
    dying = os.fork()
    if not dying:
        heir.will()
        os.kill(os.getpid(), 9)
    os.waitpid(dying, 0)
    assert heir.hears(30) == b"mine\n"


def test_it_is_not_when_it_was_revoked(tmp_path: Path) -> None:
    heir = Heir(tmp_path)
    heir.will().revoke()  # which waits for its end
    assert heir.hears(0) == b""


def test_to_revoke_one_that_is_gone_is_fine(tmp_path: Path) -> None:
    heir = Heir(tmp_path)
    will = heir.will()
    os.kill(will._pid, 9)
    will.revoke()
    assert heir.hears(0) == b""
