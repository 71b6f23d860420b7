"""FIFOs are private, and opening one never hangs."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from nerdpy.errors import FailedPrecondition
from nerdpy.stdio.fifo import fifos_for_exec, make_fifos, open_reader, open_writer


def test_only_what_is_asked_for_is_made_and_it_is_private(tmp_path: Path) -> None:
    fifos = make_fifos(tmp_path / "a" / "b", "x-", stdin=True, stderr=True)
    assert fifos.stdout is None
    assert fifos.stdin is not None
    assert fifos.stdin.name == "x-stdin"
    assert stat.S_ISFIFO(fifos.stdin.stat().st_mode)
    assert stat.S_IMODE(fifos.stdin.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_what_a_dead_task_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "stdin").write_text("not a fifo")
    fifos = make_fifos(tmp_path, stdin=True)
    assert fifos.stdin is not None
    assert stat.S_ISFIFO(fifos.stdin.stat().st_mode)


def test_a_reader_opens_before_anybody_writes_and_misses_nothing(tmp_path: Path) -> None:
    fifos = make_fifos(tmp_path, stdout=True)
    assert fifos.stdout is not None
    reader = open_reader(fifos.stdout)
    writer = open_writer(fifos.stdout)
    os.write(writer, b"hello")
    os.close(writer)
    assert os.read(reader, 10) == b"hello"
    assert os.read(reader, 10) == b""
    os.close(reader)


@pytest.mark.may_run
def test_a_writer_without_reader_gives_up(tmp_path: Path) -> None:
    fifos = make_fifos(tmp_path, stdin=True)
    assert fifos.stdin is not None
    with pytest.raises(FailedPrecondition):
        open_writer(fifos.stdin, timedelta(milliseconds=20))


def test_a_writer_without_fifo_gives_up_at_once(tmp_path: Path) -> None:
    with pytest.raises(FailedPrecondition):
        open_writer(tmp_path / "stdin")


def test_the_fifos_of_an_exec_go_away_with_it(tmp_path: Path) -> None:
    with fifos_for_exec(tmp_path, "e1", stdin=True) as fifos:
        assert fifos.stdin is not None
        assert len(list(tmp_path.iterdir())) == 3
    assert list(tmp_path.iterdir()) == []
