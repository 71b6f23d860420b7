"""The launcher starts this nerdpy's monitor, whatever the interpreter's path looks like."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from nerdpy.model.monitor import LogSettings, MonitorSettings
from nerdpy.paths import StorePaths
from nerdpy.stdio.launcher import ensure_launcher, launcher_text, load_settings, quoted, save_settings


def test_a_short_interpreter_stands_in_the_first_line() -> None:
    text = launcher_text("/usr/bin/python3", "/opt/nerdpy")
    assert text.startswith("#!/usr/bin/python3 -IS\n")
    assert "sys.path.insert(0, '/opt/nerdpy')" in text


@pytest.mark.may_run
@pytest.mark.parametrize("folder", ["plain", "with space", "it's", "x" * 200])
def test_any_interpreter_path_runs(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    python = tmp_path / folder / "python3"
    python.symlink_to(os.path.realpath(sys.executable))
    package = tmp_path / "it's a folder" / "nerdpy" / "monitor"
    package.mkdir(parents=True)
    (package / "main.py").write_text("import sys\ndef main(): print(sys.flags.isolated, sys.argv[1:])\n")
    launcher = tmp_path / "monitor"
    launcher.write_text(launcher_text(str(python), str(package.parents[1])))
    launcher.chmod(0o700)
    done = subprocess.run([launcher, "nerdpy", "/a b"], capture_output=True, text=True, check=True)
    assert done.stdout == "1 ['nerdpy', '/a b']\n"


def test_the_log_uri_names_launcher_and_data(tmp_path: Path) -> None:
    paths = StorePaths(tmp_path / "da ta", tmp_path / "state", "default")
    assert ensure_launcher(paths) == (f"binary://{tmp_path}/da%20ta/monitor?nerdpy={tmp_path}/da%20ta")
    assert os.access(paths.monitor_launcher, os.X_OK)


@pytest.mark.parametrize("path", ["/var/lib/nerdpy/1a2b", "/a b/%x?y&z=#", "/ü/\u4e2d+", "/~x-_.y"])
def test_a_path_is_quoted_as_everybody_does(path: str) -> None:
    assert quoted(Path(path)) == quote(path)


def test_an_unchanged_launcher_is_left_alone_and_a_wrong_one_replaced(tmp_path: Path) -> None:
    paths = StorePaths(tmp_path, tmp_path, "default")
    ensure_launcher(paths)
    inode = paths.monitor_launcher.stat().st_ino
    ensure_launcher(paths)
    assert paths.monitor_launcher.stat().st_ino == inode
    paths.monitor_launcher.write_text("#!/nowhere/python\n")
    ensure_launcher(paths)
    assert "nerdpy.monitor.main" in paths.monitor_launcher.read_text()


def test_settings_come_back_as_they_were_and_are_private(tmp_path: Path) -> None:
    paths = StorePaths(tmp_path, tmp_path, "default")
    paths.container("c1").mkdir(parents=True)
    log = LogSettings(
        driver="json-file",
        path="/x",
        max_size=7,
        max_file=3,
        attributes={"a": "1"},
        buffer_size=5,
        options={"b": [2]},
    )
    save_settings(paths, "c1", MonitorSettings(command=["n"], environment={"A": "B"}, log=log, has_tty=True))
    found = load_settings(paths, "c1")
    assert (found.command, found.environment, found.has_tty, found.attaches_network) == (
        ["n"],
        {"A": "B"},
        True,
        False,
    )
    assert [getattr(found.log, name) for name in sorted(LogSettings.__slots__)] == [
        {"a": "1"},
        5,
        "json-file",
        3,
        7,
        {"b": [2]},
        "/x",
    ]
    assert paths.monitor_config("c1").stat().st_mode & 0o777 == 0o600


def test_a_container_without_settings_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(StorePaths(tmp_path, tmp_path, "default"), "c1").command == []
