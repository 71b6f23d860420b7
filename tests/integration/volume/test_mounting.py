"""Volumes with driver options: mounted from the first container's start to the last one's end."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.leftovers import STATE_ROOT, mount_points
from tests.integration.support.waiting import eventually

TMPFS = ("-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=3m,mode=1750,uid=7")


def mounted() -> list[str]:
    """The volumes that are mounted on the machine."""
    return sorted(
        point for point in mount_points() if point.startswith(f"{STATE_ROOT}/") and "/volumes/" in point
    )


def of_volumes() -> list[Path]:
    return list(STATE_ROOT.glob("*/volumes/*/*"))


def unmounted() -> bool:
    assert (mounted(), of_volumes()) == ([], [])
    return True


def test_a_tmpfs_is_there_for_all_its_containers_and_as_long_as_one_runs(
    cli: Cli, busybox_image: str
) -> None:
    cli.ok("volume", "create", *TMPFS, "memory")
    assert unmounted()
    cli.ok("run", "-d", "--name", "one", "-v", "memory:/m", busybox_image, "sleep", "inf")
    shown = cli.ok(
        "exec", "one", "sh", "-c", "touch /m/x; grep ' /m ' /proc/mounts; stat -c '%a %u' /m"
    ).lines
    assert "size=3072k" in shown[0]
    assert shown[1] == "1750 7"
    other = cli.ok(
        "run", "--rm", "-v", "memory:/n:ro", busybox_image, "sh", "-c", "ls /n; touch /n/y || true"
    )
    assert other.lines == ["x"]
    (point,) = mounted()
    assert cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "memory").line == point
    assert os.listdir(point) == ["x"]
    cli.ok("restart", "-t", "0", "one")
    assert cli.ok("exec", "one", "ls", "/m").lines == []  # nobody had it for a moment
    cli.ok("kill", "one")
    eventually(unmounted)
    assert "in use - [one]" in cli("volume", "rm", "memory").err
    cli.ok("rm", "one")
    assert cli.ok("volume", "rm", "memory").lines == ["memory"]


def test_a_container_that_is_restarted_finds_its_volume_mounted(cli: Cli, busybox_image: str) -> None:
    cli.ok("volume", "create", *TMPFS, "memory")
    script = "grep -c ' /m tmpfs.*size=3072k' /proc/mounts; touch /m/x"
    words = ("--restart", "always", "--network", "none", "-v", "memory:/m", busybox_image, "sh", "-c", script)
    cli.ok("run", "-d", "--name", "again", *words)

    def restarted() -> bool:
        lines = cli.ok("logs", "again").lines
        assert set(lines) <= {"1"}
        return len(lines) >= 2

    eventually(restarted)
    cli.ok("rm", "-f", "again")
    assert unmounted()


@pytest.fixture
def folder(tmp_path: Path, machine: None) -> Iterator[Path]:
    """A folder of the host with another filesystem in it."""
    made = tmp_path / "host"
    (made / "below").mkdir(parents=True)
    (made / "file").write_text("of the host\n")
    assert subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", made / "below"]).returncode == 0
    (made / "below/deep").touch()
    yield made
    subprocess.run(["umount", made / "below"], check=True)


def bind(folder: Path, words: str) -> tuple[str, ...]:
    return ("-o", "type=none", "-o", f"device={folder}", "-o", f"o={words}")


def test_a_bind_shows_the_folder_and_rm_leaves_it_alone(cli: Cli, busybox_image: str, folder: Path) -> None:
    cli.ok("volume", "create", *bind(folder, "bind"), "plain")
    cli.ok("volume", "create", *bind(folder, "rbind,ro"), "deep")
    script = "ls /p /p/below /d/below; touch /p/new; touch /d/new 2>/dev/null || echo read-only"
    flags = ("-v", "plain:/p", "-v", "deep:/d")
    found = cli.ok("run", "--rm", *flags, busybox_image, "sh", "-c", script).lines
    assert found == ["/d/below:", "deep", "", "/p:", "below", "file", "", "/p/below:", "read-only"]
    assert unmounted()
    cli.ok("volume", "rm", "plain", "deep")
    assert sorted(os.listdir(folder)) == ["below", "file", "new"]
    assert os.listdir(folder / "below") == ["deep"]


def test_what_cannot_be_mounted_is_told_in_dockers_words_and_leaves_nothing(
    cli: Cli, busybox_image: str, tmp_path: Path
) -> None:
    cli.ok("volume", "create", *bind(tmp_path / "missing", "bind"), "lost")
    cli.ok("volume", "create", "-o", "type=nonsense", "-o", "device=/dev/null", "odd")
    secret = "addr=127.0.0.1,username=a,password=secret"
    cli.ok("volume", "create", "-o", "type=cifs", "-o", "device=//127.0.0.1/x", "-o", f"o={secret}", "share")
    cli.ok(
        "volume", "create", "-o", "type=nfs", "-o", "device=:/x", "-o", "o=addr=no-such-host.invalid", "far"
    )
    for name, words in (
        ("lost", "failed to mount local volume: mount"),
        ("lost", "no such file or directory"),
        ("odd", "no such device"),
        ("share", "password=********"),
        ("far", 'error resolving passed in network volume address: "no-such-host.invalid"'),
    ):
        refused = cli("run", "--name", "never", "-v", f"{name}:/v", busybox_image, "true")
        assert (refused.code, words in refused.err) == (125, True), str(refused)
        assert "secret" not in refused.err
        assert unmounted()
    assert cli.ok("ps", "-aq").lines == []
    assert "********" in cli.ok("volume", "inspect", "share").out
    assert "secret" not in cli.ok("volume", "inspect", "share").out
    cli.ok("create", "--name", "later", "--mount", "src=lost,dst=/v,volume-nocopy", busybox_image, "true")
    refused = cli("start", "later")
    assert (refused.code, "no such file or directory" in refused.err) == (1, True), str(refused)
    (tmp_path / "missing").mkdir()
    cli.ok("start", "-a", "later")
    eventually(unmounted)


def test_a_bind_is_filled_once_from_the_image_and_its_subpath_is_seen(
    cli: Cli, add_image: AddImage, tmp_path: Path
) -> None:
    image = add_image("odd:volume")
    (tmp_path / "empty").mkdir(mode=0o700)
    given = f"volume-opt=type=none,volume-opt=o=bind,volume-opt=device={tmp_path}/empty"
    seen = cli.ok("run", "--rm", "--mount", f"src=made,dst=/data,{given}", image, "ls", "/data").lines
    assert seen == ["file", "folder", "link"]
    assert sorted(os.listdir(tmp_path / "empty")) == ["file", "folder", "link"]
    assert os.readlink(tmp_path / "empty/link") == "/etc/passwd"
    assert (tmp_path / "empty/file").stat().st_uid == 1000
    (tmp_path / "empty/folder/inner").write_text("x")
    cli.ok("create", "--name", "stopped", "-v", "made:/m", image)
    cli.ok("cp", tmp_path / "empty/folder/inner", "stopped:/m/copied")
    assert (tmp_path / "empty/copied").read_text() == "x"
    cli.ok("rm", "stopped")
    assert unmounted()
    subpath = "src=made,dst=/s,volume-subpath=folder"
    cli.ok("run", "-d", "--name", "sub", "--mount", subpath, image, "sleep", "inf")
    assert cli.ok("exec", "sub", "ls", "/s").lines == ["deep", "inner"]
    cli.ok("stop", "-t", "0", "sub")
    eventually(unmounted)
    cli.ok("start", "sub")
    assert cli.ok("exec", "sub", "ls", "/s").lines == ["deep", "inner"]
    cli.ok("rm", "-f", "-v", "sub")
    assert unmounted()
