"""Containers and archives that try to reach this machine's files through cp, diff, export and commit.

The attacks are those that befell others: links swapped under a copy (CVE-2018-15664, CVE-2019-10152),
archives with names, links and devices (CVE-2021-41089 and kin), programs and libraries taken from the
container (CVE-2019-14271), pipes that make a copy wait for ever.
"""

import io
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nerdpy.container.cp_paths import (
    destination_in_container,
    open_folder_in_container,
    open_in_container,
)
from nerdpy.linux.ownership import Ownership
from nerdpy.linux.place import Placing, place
from nerdpy.model.copy_rule import Source
from nerdpy.model.copy_rule import place as place_of
from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli

Shell = Callable[[str], list[str]]
FLIP = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
folder = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
first, second = (name.encode() for name in sys.argv[2:])
print("flipping", flush=True)
while True:
    libc.renameat2(folder, first, folder, second, 2)
"""
"""Swaps two names as fast as the kernel can, as a process in the container would: it works below its root."""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A folder of this machine that nothing may touch."""
    folder = tmp_path / "canary"
    folder.mkdir()
    (folder / "secret").write_text("the machine's")
    return folder


def state_of(folder: Path) -> list[tuple[str, int, bytes]]:
    return sorted(
        (str(path), path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    )


@pytest.fixture
def box(cli: Cli, idle: Idle) -> Shell:
    """A running container called `box`; gives a shell in it."""
    idle("box")
    return lambda script: cli.ok("exec", "box", "sh", "-c", script).lines


def root_of_box(cli: Cli) -> Path:
    return Path("/proc", cli.ok("inspect", "-f", "{{.State.Pid}}", "box").line, "root")


@contextmanager
def flipping(root: Path, first: str, second: str) -> Iterator[None]:
    """Two names in a container's root change places all the time."""
    command = [sys.executable, "-c", FLIP, str(root), first, second]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"flipping\n"
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_link_that_is_swapped_under_a_copy_leads_nowhere(
    cli: Cli, box: Shell, canary: Path, tmp_path: Path
) -> None:
    """/d is a folder, then a link to `/`, then a folder: below it is the very path of the canary."""
    box(
        f"mkdir -p /d{canary} {canary}; for d in /d{canary} {canary}; do echo inside > $d/secret; done;"
        " ln -s / /e"
    )
    before = state_of(canary)
    (tmp_path / "evil").write_text("evil")
    with flipping(root_of_box(cli), "d", "e"):
        for number in range(4):
            cli.ok("cp", "-q", "evil", f"box:/d{canary}/evil", cwd=tmp_path)
            cli.ok("cp", "-q", f"box:/d{canary}/secret", f"out{number}", cwd=tmp_path)
            cli.ok("cp", "-q", f"box:/d{canary}", f"tree{number}", cwd=tmp_path)
            assert (tmp_path / f"out{number}").read_text() == "inside\n"
            assert (tmp_path / f"tree{number}/secret").read_text() == "inside\n"
    assert state_of(canary) == before


def test_two_thousand_copies_in_and_out_meet_the_swapped_link_and_none_gets_out(
    canary: Path, tmp_path: Path
) -> None:
    """The same without a container, for it is the same code: what the command does between opening the
    root and closing it."""
    root, out = tmp_path / "root", tmp_path / "out"
    inner = root / "d" / str(canary)[1:]
    for folder in (inner, root / str(canary)[1:], out):
        folder.mkdir(parents=True)
        (folder / "secret").write_text("inside")
    (root / "e").symlink_to("/")
    (tmp_path / "evil").write_text("evil")
    before = state_of(canary)
    handles = [os.open(path, os.O_RDONLY) for path in (root, out)]
    evil = os.open(tmp_path / "evil", os.O_PATH)
    with flipping(root, "d", "e"):
        for _ in range(2000):
            target = destination_in_container(handles[0], f"/d{canary}/evil", "box:")
            where = place_of(Source(shown="evil", name="evil", is_folder=False), target)
            target_folder = open_folder_in_container(handles[0], where.folder, "box")
            place(Placing(target_folder, Ownership(keeps_owner=False, trusts=True)), evil, where.name)
            secret = open_in_container(handles[0], f"/d{canary}/secret", "box", follows=True)
            place(Placing(handles[1], Ownership(keeps_owner=False)), secret, "secret")
            assert (out / "secret").read_text() == "inside"
            os.close(target_folder)
            os.close(secret)
    for handle in (*handles, evil):
        os.close(handle)
    assert state_of(canary) == before


def test_a_folder_that_is_renamed_under_a_copy_does_no_harm(
    cli: Cli, box: Shell, canary: Path, tmp_path: Path
) -> None:
    (tmp_path / "tree/a/b").mkdir(parents=True)
    for number in range(40):
        (tmp_path / f"tree/a/b/{number}").write_text("x" * number)
    box(f"mkdir -p /d/tree /e; ln -s {canary} /e/tree; ln -s {canary} /e/a")
    before = state_of(canary)
    with flipping(root_of_box(cli), "d", "e"):
        for number in range(4):
            into = cli("cp", "-q", "tree", "box:/d", cwd=tmp_path)
            assert into.code == 0 or "cannot overwrite non-directory" in into.err, str(into)
            out = cli("cp", "-q", "box:/d", f"back{number}", cwd=tmp_path)
            assert out.code == 0, str(out)
    assert state_of(canary) == before


def test_links_and_dots_are_resolved_below_the_containers_root(
    cli: Cli, box: Shell, canary: Path, tmp_path: Path
) -> None:
    box(
        f"ln -s / /top; ln -s ../../../../../.. /dots; ln -s {canary} /out; ln -s {canary}/secret /file;"
        " echo mine > /etc/mine; ln -s loop /loop"
    )
    before = state_of(canary)
    (tmp_path / "evil").write_text("evil")
    for path in (
        "/top/etc/mine",
        "/dots/etc/mine",
        "/../../../etc/mine",
        "../../etc/mine",
        "/etc/../../etc/mine",
    ):
        cli.ok("cp", "-q", f"box:{path}", "back", cwd=tmp_path)
        assert (tmp_path / "back").read_text() == "mine\n"
    for words, text in (
        (("evil", "box:/out/evil"), "Could not find the file"),
        (("evil", "box:/out"), "Could not find the file"),
        (("evil", "box:/file"), "Could not find the file"),
        (("-L", "box:/file", "back"), "Could not find the file"),
        (("box:/out/secret", "back"), "Could not find the file"),
        (("box:/proc/1/root/etc/mine", "back"), "symbolic links"),
        (("box:/proc/self/root/etc/mine", "back"), "Could not find the file"),
        (("evil", "box:/proc/1/root/etc/evil"), "symbolic links"),
        (("evil", "box:/loop"), "symbolic links"),
        (("evil", "box:/loop/x"), "symbolic links"),
    ):
        refused = cli("cp", *words, cwd=tmp_path)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)
        assert "Traceback" not in refused.err
    assert state_of(canary) == before
    assert not Path("/etc/evil").exists()


def test_with_the_machines_pids_proc_leads_nowhere_either(cli: Cli, idle: Idle, tmp_path: Path) -> None:
    idle("box", "--pid", "host")
    (tmp_path / "evil").write_text("evil")
    for path in ("/proc/1/root/tmp", "/proc/self/root/tmp", "/proc/self/cwd"):
        for words in (("evil", f"box:{path}/evil"), (f"box:{path}/.", "back")):
            refused = cli("cp", *words, cwd=tmp_path)
            assert refused.code == 1, str(refused)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil"]


def archive_of(*members: tarfile.TarInfo, content: bytes = b"evil") -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, target, mode
    made.devmajor, made.devminor = 1, 3
    return made


def test_archives_cannot_leave_the_container(cli: Cli, box: Shell, canary: Path) -> None:
    before = state_of(canary)
    box("mkdir /here; echo mine > /etc/mine")
    for data, text in (
        (archive_of(member("../evil")), "outside of itself"),
        (archive_of(member("a/../../evil")), "outside of itself"),
        (archive_of(member("hard", tarfile.LNKTYPE, "../etc/mine")), "outside of itself"),
        (archive_of(member("hard", tarfile.LNKTYPE, f"{canary}/secret")), "no such file"),
        (archive_of(member("n" * 300)), "file name too long"),
        (archive_of(member("x", tarfile.DIRTYPE), member("x")), "cannot overwrite directory"),
        (archive_of(member("y"), member("y", tarfile.DIRTYPE)), "cannot overwrite non-directory"),
        (archive_of(member("cut"))[:700], "no tar archive"),
        (b"\x28\xb5\x2f\xfd" + bytes(600), "no tar archive"),
    ):
        refused = cli("cp", "-", "box:/here", stdin=data)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)
        assert "Traceback" not in refused.err
    link = member("link", tarfile.SYMTYPE, str(canary))
    refused = cli("cp", "-", "box:/here", stdin=archive_of(link, member("link/evil")))
    assert refused.code == 1
    odd = (
        member("/absolute"),
        member("up", tarfile.SYMTYPE, "/etc"),
        member("up/through"),
        member("device", tarfile.CHRTYPE, mode=0o666),
        member("pipe", tarfile.FIFOTYPE),
        member("suid", mode=0o4755),
    )
    cli.ok("cp", "-", "box:/here", stdin=archive_of(*odd))
    assert box("cd /here; stat -c '%F %a' absolute device pipe suid; cat /etc/through") == [
        "regular file 644",
        "character special file 666",
        "fifo 644",
        "regular file 4755",
        "evil",
    ]
    assert state_of(canary) == before
    assert not Path("/etc/through").exists()


def test_nothing_waits_for_a_pipe_and_no_privilege_comes_out(cli: Cli, box: Shell, tmp_path: Path) -> None:
    box(
        "mkdir /t; cd /t; mkfifo pipe; cp /bin/busybox suid; chown 0:0 suid; chmod 6755 suid; "
        " mknod null c 1 3; chmod 666 null; mknod disk b 8 0; chmod 666 disk; mkfifo /pipe"
    )
    (tmp_path / "file").write_text("x")
    cli.ok("cp", "-q", "box:/t", "out", cwd=tmp_path, timeout=20)
    cli.ok("cp", "-q", "box:/pipe", "pipe", cwd=tmp_path, timeout=20)
    cli.ok("cp", "-q", "file", "box:/pipe", cwd=tmp_path, timeout=20)
    modes = {path.name: path.lstat().st_mode for path in (tmp_path / "out").iterdir()}
    assert stat.S_ISFIFO(modes["pipe"])
    assert stat.S_IMODE(modes["suid"]) == 0o755
    assert {stat.S_IMODE(modes[name]) for name in ("null", "disk")} == {0o600}
    cli.ok("cp", "-a", "-q", "box:/t/suid", "kept", cwd=tmp_path)
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o6755
    assert box("stat -c %F /pipe") == ["regular file"]


def test_deep_and_odd_names_are_copied_or_refused_but_never_crash(
    cli: Cli, box: Shell, tmp_path: Path
) -> None:
    box(
        "mkdir /odd; cd /odd; touch ' ' \"$(printf '%255s' | tr ' ' n)\""
        " \"$(printf 'a\\nb')\" \"$(printf 'c\\377d')\""
    )
    cli.ok("cp", "-q", "box:/odd", "odd", cwd=tmp_path)
    assert set(os.listdir(os.fsencode(tmp_path / "odd"))) == {b"a\nb", b"c\xffd", b"n" * 255, b" "}
    cli.ok("cp", "-q", "odd", "box:/again", cwd=tmp_path)
    with tarfile.open(fileobj=io.BytesIO(cli.ok("cp", "box:/again", "-").stdout)) as archive:
        assert len(archive.getnames()) == 5
    box("mkdir /deep; cd /deep; i=0; while [ $i -lt 300 ]; do mkdir d && cd d; i=$((i+1)); done")
    for words in (("cp", "box:/deep", "deep"), ("cp", "box:/deep", "-"), ("diff", "box"), ("export", "box")):
        refused = cli(*words, cwd=tmp_path)
        assert refused.code == 1
        assert "nested deeper than" in refused.err, refused.err
    box("rm -rf /deep")


@pytest.fixture
def hostile_image(cli: Cli, busybox_image: str, canary: Path) -> str:
    """Places where the runtime and we work are links to the machine; programs and modules that tell on us."""
    trap = f"#!/bin/sh\\necho executed >> {canary}/executed\\n"
    names = "bin/tar usr/bin/xz usr/bin/gzip usr/bin/unpigz bin/ps usr/lib/libnss_files.so.2 sitecustomize.py"
    script = (
        f"mkdir -p /usr/bin /usr/lib; for n in {names}; do rm -f /$n; printf '{trap}' > /$n; done;"
        f" cd /; chmod 755 {names};"
        f" ln -s {canary} /data; ln -s {canary}-else/hosts /etc/alias; mkfifo /etc/pipe"
    )
    cli.ok("run", "--name", "maker", busybox_image, "sh", "-c", script)
    cli.ok("commit", "maker", "hostile")
    cli.ok("rm", "maker")
    return "hostile"


@pytest.mark.parametrize("state", ["running", "created"])
def test_hostile_images_touch_and_run_nothing_of_the_machines(
    cli: Cli, hostile_image: str, canary: Path, tmp_path: Path, state: str
) -> None:
    before = state_of(canary)
    verb = ("run", "-d") if state == "running" else ("create",)
    cli.ok(*verb, "--name", "box", "-v", "vol:/data", hostile_image, "sleep", "inf")
    (tmp_path / "file").write_text("x")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        archive.add(tmp_path / "file", "from-xz")
    cli.ok("cp", "-q", "-", "box:/", stdin=packed.getvalue())
    cli.ok("cp", "-q", "file", "box:/data/x", cwd=tmp_path)
    cli.ok("cp", "-q", "box:/data/x", "back", cwd=tmp_path)
    assert "Could not find" in cli("cp", "file", "box:/etc/alias", cwd=tmp_path).err
    cli.ok("cp", "-q", "box:/etc", "etc", cwd=tmp_path)
    cli.ok("diff", "box")
    cli.ok("export", "-o", "all.tar", "box", cwd=tmp_path)
    cli.ok("commit", "box", "again")
    assert state_of(canary) == before
    assert cli.ok("run", "--rm", "-v", "vol:/v", "again", "cat", "/v/x", "/from-xz").out == "xx"
