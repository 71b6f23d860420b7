"""A log program is ended when it does not end by itself, and nothing that it does stops its feeder."""

import os
import time
from pathlib import Path

import pytest

from nerdpy.logs.driver import Waiter
from nerdpy.logs.drivers import program
from nerdpy.logs.drivers.program import Program
from nerdpy.model.monitor import STDERR, STDOUT, LogSettings

pytestmark = pytest.mark.may_run


class Patient(Waiter):
    """Lets a driver wait three times."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.left = 3

    def wait(self, seconds: float) -> bool:
        self.left -= 1
        return self.left >= 0

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "PATIENCE", 0.2)
    monkeypatch.setenv("CONTAINER_ID", "c1")
    monkeypatch.setenv("CONTAINER_NAMESPACE", "n1")


def started(folder: Path, script: str, *arguments: str) -> tuple[Program, Patient]:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    waiter = Patient()
    settings = LogSettings(driver="binary", path=str(path), options={"arguments": list(arguments)})
    return Program(settings, waiter), waiter


def is_gone(driver: Program) -> bool:
    with pytest.raises(ChildProcessError):
        os.waitpid(driver._pid, os.WNOHANG)
    return True


def test_it_has_both_streams_its_words_and_two_variables(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = "$CONTAINER_ID $CONTAINER_NAMESPACE $HOME $@"
    script = f"cat <&3 > {out}.1 & cat <&4 > {out}.2 & wait; echo {words} > {out}"
    driver, _ = started(tmp_path, script, "key", "a value")
    driver.write(STDOUT, b"x" * 100_000)
    driver.write(STDERR, b"y")
    program.PATIENCE = 10.0
    driver.close()
    assert Path(f"{out}.1").read_bytes() == b"x" * 100_000
    assert Path(f"{out}.2").read_bytes() == b"y"
    assert out.read_text() == "c1 n1 key a value\n"


def test_one_that_says_ready_by_a_byte_is_not_killed_for_it(tmp_path: Path) -> None:
    driver, _ = started(tmp_path, f"echo ready >&5 && touch {tmp_path}/said; cat <&3 >/dev/null")
    program.PATIENCE = 10.0
    driver.close()
    assert (tmp_path / "said").exists()


@pytest.mark.parametrize("script", ["exec sleep 1000", "trap '' TERM; while :; do sleep 0.05; done"])
def test_one_that_does_not_end_is_ended(tmp_path: Path, script: str) -> None:
    driver, _ = started(tmp_path, script)
    began = time.monotonic()
    driver.close()
    assert is_gone(driver)
    assert time.monotonic() - began < 10


def test_one_that_reads_nothing_is_given_up_with_the_container(tmp_path: Path) -> None:
    driver, waiter = started(tmp_path, "exec sleep 1000")
    waiter.left = 1
    driver.write(STDOUT, b"x" * 1_000_000)
    assert waiter.left < 0
    driver.close()


def test_one_that_dies_is_told_of(tmp_path: Path) -> None:
    driver, waiter = started(tmp_path, "exit 3")
    for _ in range(200):
        driver.write(STDOUT, b"x" * 1000)
        if waiter.notes:
            break
        time.sleep(0.01)
    assert waiter.notes == [f'log program "{tmp_path}/program" takes nothing any more']
    driver.close()
