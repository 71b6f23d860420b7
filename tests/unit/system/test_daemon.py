"""The daemon's pid file and logs."""

import os
from pathlib import Path

import pytest

from nerdpy.paths import EnginePaths
from nerdpy.system import daemon


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    for name in ("data", "state"):
        (tmp_path / name).mkdir()
    return EnginePaths(tmp_path / "data", tmp_path / "state")


def test_a_pid_file_counts_while_its_process_lives(paths: EnginePaths) -> None:
    paths.pid_file.write_text(Path("/proc/self/stat").read_text())
    assert daemon.running_pid(paths) == os.getpid()


@pytest.mark.parametrize("line", ["", "12", "nonsense (x) S", "999999999 (containerd) S 1 1"])
def test_a_broken_pid_file_names_nobody(paths: EnginePaths, line: str) -> None:
    paths.pid_file.write_text(line)
    assert daemon.running_pid(paths) is None


def test_a_pid_that_another_process_has_now_is_not_the_daemon(paths: EnginePaths) -> None:
    line = Path("/proc/self/stat").read_text()
    head, _, tail = line.rpartition(")")
    fields = tail.split()
    fields[19] = str(int(fields[19]) - 1)
    paths.pid_file.write_text(f"{head}) {' '.join(fields)}\n")
    assert daemon.running_pid(paths) is None


def test_a_big_log_makes_room_and_the_oldest_goes(
    paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "LOG_SIZE", 10)
    for number in range(5):
        paths.log.write_text(f"log number {number}\n")
        daemon.rotate(paths.log)
    texts = {path.name: path.read_text() for path in paths.data.iterdir()}
    assert texts == {
        "containerd.log": "",
        "containerd.log.1": "log number 4\n",
        "containerd.log.2": "log number 3\n",
    }
    assert paths.log.stat().st_mode & 0o777 == 0o600


def test_a_small_log_is_written_on(paths: EnginePaths) -> None:
    paths.log.write_text("before\n")
    daemon.rotate(paths.log)
    assert paths.log.read_text() == "before\n"


def test_the_last_words_are_those_since_the_start(paths: EnginePaths) -> None:
    paths.log.write_text("an old complaint\n")
    offset = paths.log.stat().st_size
    paths.log.write_text("an old complaint\none\ntwo\nthree\nfour\n")
    assert daemon.last_words(paths.log, offset) == "two\nthree\nfour"


def test_the_engine_gets_proxies_and_a_path_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"HTTPS_PROXY": "http://p", "no_proxy": "x", "TOKEN": "secret"})
    assert daemon.engine_environment().keys() == {"HTTPS_PROXY", "no_proxy", "PATH"}
