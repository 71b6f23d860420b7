"""What the kernel's texts say."""

from datetime import timedelta
from pathlib import Path

import pytest

from nerdpy.errors import Conflict
from nerdpy.linux import capabilities, cgroups, flock, kernel, process
from nerdpy.linux.mount import parse_options, read_only
from nerdpy.linux.mountinfo import MountPoint, parse_mountinfo
from nerdpy.linux.process import mark
from nerdpy.linux.runtime import is_static
from nerdpy.linux.whole_file import orphaned_drafts, write_whole
from nerdpy.model.records import SnapshotMount

MOUNTINFO = """\
22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda rw
33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
37 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
50 22 0:40 / /with\\040blank rw master:3 shared:4 - tmpfs tmpfs rw
"""


def test_controllers_of_the_old_cgroups_are_found_by_their_mounts() -> None:
    places = cgroups.mountpoints(MOUNTINFO)
    both = "/sys/fs/cgroup/cpu,cpuacct"
    assert places == {"cpu": both, "cpuacct": both, "name=systemd": "/sys/fs/cgroup/systemd"}


@pytest.mark.parametrize("configured", ["cgroupfs", "systemd", "none"])
def test_a_configured_cgroup_manager_counts(configured: str) -> None:
    assert cgroups.manager(configured, 1) == configured


def test_the_old_cgroups_are_managed_by_ourselves() -> None:
    assert cgroups.manager("", 1) == "cgroupfs"


def test_mount_points_tell_their_propagation() -> None:
    points = parse_mountinfo(MOUNTINFO)
    assert points[0] == MountPoint("/", ("shared:1",))
    assert points[-1].path == "/with blank"
    assert points[-1].is_shared
    assert points[-1].is_slave
    assert not points[1].is_shared


def test_a_mount_point_may_have_any_white_space_in_its_name_but_that_which_the_kernel_escapes() -> None:
    odd = "/no\u00a0blank\x0c\u2028\udcff"
    line = f"36 35 98:0 / {odd} rw shared:7 - ext4 /dev/sda rw\n"
    assert parse_mountinfo(line + line) == [MountPoint(odd, ("shared:7",))] * 2


@pytest.mark.parametrize(
    ("release", "machine", "version", "architecture"),
    [
        ("6.18.44-x", "x86_64", (6, 18), "amd64"),
        ("5.4", "aarch64", (5, 4), "arm64"),
        ("odd", "s390x", (0, 0), "s390x"),
    ],
)
def test_the_kernel_is_named_as_go_names_it(
    release: str, machine: str, version: tuple[int, int], architecture: str
) -> None:
    found = kernel.Kernel(
        release, machine, "Name:\tx\nCapPrm:\t0000000000000003\nCapBnd:\t0000000000000006\n"
    )
    assert (found.version, found.architecture) == (version, architecture)
    assert capabilities.names_of(found.bounding) == ("CAP_DAC_OVERRIDE",)
    assert not found.has_seccomp


@pytest.mark.parametrize(
    ("words", "parsed"),
    [
        (("rbind", "ro"), (0x5001, "")),
        (("lowerdir=/a:/b", "index=off", "rw"), (0, "lowerdir=/a:/b,index=off")),
        (("nosuid", "mode=755"), (2, "mode=755")),
    ],
)
def test_words_of_mount_become_flags(words: tuple[str, ...], parsed: tuple[int, str]) -> None:
    assert parse_options(words) == parsed


def test_a_read_only_view_of_an_overlay_has_the_upper_layer_as_a_lower_one() -> None:
    options = ("index=off", "workdir=/w", "upperdir=/u", "lowerdir=/a:/b")
    (view,) = read_only([SnapshotMount("overlay", "overlay", options)])
    assert view.options == ("ro", "lowerdir=/u:/a:/b", "index=off")


def test_a_read_only_view_of_a_bind_is_read_only() -> None:
    (view,) = read_only([SnapshotMount("bind", "/s", ("rbind", "rw"))])
    assert view.options == ("rbind", "ro")


def test_a_process_is_known_by_pid_and_start_time() -> None:
    start = process.start_time(1)
    assert start is not None
    assert process.is_alive(1, start)
    assert not process.is_alive(1, start + 1)
    assert process.start_time(2**22 + 1) is None
    assert not process.is_alive(2**22 + 1, 0)
    assert process.ended_within(2**22 + 1, timedelta())


def test_a_lock_is_held_once_and_let_go(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "one"
    with flock.locked(path), flock.locked_if_free(path) as is_ours:
        assert not is_ours
    with flock.locked_if_free(path) as is_ours:
        assert is_ours
        with pytest.raises(Conflict), flock.locked(path, patience=timedelta()):
            pass
    with flock.locked(path, is_shared=True), flock.locked(path, is_shared=True, patience=timedelta()):
        pass


def test_a_file_is_replaced_whole_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, "one")
    write_whole(path, "two", mode=0o644, is_durable=True)
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]
    with pytest.raises(TypeError):
        write_whole(path, None)  # type: ignore[arg-type]  # the failure is the point
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_draft_is_an_orphan_when_its_writer_is_gone(tmp_path: Path) -> None:
    left = tmp_path / ".file.4194304-1-00ff00ff"
    for draft in (left, tmp_path / ".hidden-a-b", tmp_path / f".file.{mark()}-00ff00ff"):
        draft.touch()
    assert orphaned_drafts(tmp_path) == [left], "of whom nobody can tell, and of the living, none"
    assert orphaned_drafts(tmp_path / "nothing") == []


def test_a_program_is_static_when_it_names_no_interpreter(tmp_path: Path) -> None:
    def elf(kind: int) -> bytes:
        header = bytearray(64)
        header[:6] = b"\x7fELF\x02\x01"
        header[32:40] = (64).to_bytes(8, "little")
        header[54:56] = (56).to_bytes(2, "little")
        header[56:58] = (1).to_bytes(2, "little")
        return bytes(header) + kind.to_bytes(4, "little") + bytes(52)

    for name, content, expected in (
        ("static", elf(1), True),
        ("dynamic", elf(3), False),
        ("script", b"#!/bin/sh\n", False),
    ):
        (tmp_path / name).write_bytes(content)
        assert is_static(str(tmp_path / name)) is expected
    assert not is_static(str(tmp_path / "missing"))
