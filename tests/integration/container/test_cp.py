"""cp: docker's rules for paths, in every state of a container; owners, modes, links, streams."""

import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli

STATES = ("running", "paused", "exited", "created")
Made = Callable[..., str]
TIME = 1_500_000_000


@pytest.fixture
def made(cli: Cli, busybox_image: str) -> Made:
    """`made("running", "-v", ...)`: a container called `box` in that state, with a file /d/f."""

    def make(state: str, *flags: str | Path) -> str:
        script = "mkdir -p /d; echo old > /d/f"
        if state in {"running", "paused"}:
            cli.ok("run", "-d", "--name", "box", *flags, busybox_image, "sleep", "inf")
            cli.ok("exec", "box", "sh", "-c", script)
            if state == "paused":
                cli.ok("pause", "box")
        elif state == "exited":
            cli.ok("run", "--name", "box", *flags, busybox_image, "sh", "-c", script)
        else:
            cli.ok("create", "--name", "box", *flags, busybox_image, "sh", "-c", "sleep inf")
        return "box"

    return make


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a file, a folder with files and links, and an empty folder."""
    (tmp_path / "file").write_text("file\n")
    (tmp_path / "dir/sub").mkdir(parents=True)
    (tmp_path / "dir/a").write_text("a\n")
    (tmp_path / "dir/sub/b").write_text("b\n")
    (tmp_path / "dir/link").symlink_to("a")
    (tmp_path / "to-file").symlink_to("file")
    (tmp_path / "to-dir").symlink_to("dir")
    (tmp_path / "empty").mkdir()
    return tmp_path


INTO = [  # source, destination in a container that has /d and /d/f, what is there then
    ("file", "/d", "/d/file"),
    ("file", "/d/", "/d/file"),
    ("file", "/d/.", "/d/file"),
    ("file", "d/new", "/d/new"),
    ("file", "/d/f", "/d/f"),
    ("dir", "/d", "/d/dir/sub/b"),
    ("dir/", "/d", "/d/dir/sub/b"),
    ("dir/.", "/d", "/d/sub/b"),
    ("dir", "/d/new", "/d/new/sub/b"),
    ("dir", "/d/new/", "/d/new/sub/b"),
    ("dir/.", "/d/new", "/d/new/sub/b"),
    ("to-dir/", "/d", "/d/to-dir/sub/b"),
    ("to-dir/.", "/d", "/d/sub/b"),
    ("empty", "/d/new", "/d/new"),
]
NOT_INTO = [
    ("file", "/no/where", "Could not find the file /no in container box"),
    ("file", "/d/new/", "no such directory"),
    ("file", "/d/f/x", "extraction point is not a directory"),
    ("dir", "/d/f", "cannot copy directory"),
    ("dir/.", "/d/f", "cannot copy directory"),
    ("missing", "/d", "no such file or directory"),
    ("file/", "/d", "not a directory"),
    ("file", "/dev/null", "must be a directory or a regular file"),
]


def test_rules_for_paths_into_a_container(cli: Cli, idle: Idle, here: Path) -> None:
    """Each case has a /d of its own below a numbered folder."""
    idle("box")
    places = " ".join(f"/{number}/d" for number in range(len(INTO)))
    cli.ok("exec", "box", "sh", "-c", f"mkdir -p /d {places}; for d in /d {places}; do echo old > $d/f; done")
    for number, (source, path, _) in enumerate(INTO):
        done = cli.ok("cp", source, f"box:{number}/{path}", cwd=here)
        assert done.out == ""
        assert done.err.startswith("Successfully copied "), str(done)
    expected = [f"/{number}{path}" for number, (*_, path) in enumerate(INTO)]
    cli.ok("exec", "box", "ls", "-d", *expected)
    over = next(path for path in expected if path.endswith("/d/f"))
    assert cli.ok("exec", "box", "cat", over).out == "file\n"
    for source, path, text in NOT_INTO:
        refused = cli("cp", source, f"box:{path}", cwd=here)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)


OUT_OF = [  # path in a container that has /src/{a,sub/b}, destination, what is there then
    ("/src/a", "old", "old/a"),
    ("/src/a", "old/", "old/a"),
    ("src/a", ".", "a"),
    ("/src/a", "new", "new"),
    ("/src/a", "plain", "plain"),
    ("/src", "old", "old/src/sub/b"),
    ("/src/.", "old", "old/sub/b"),
    ("/src", "new", "new/sub/b"),
    ("/src/.", "new", "new/sub/b"),
    ("/src/", "new/", "new/sub/b"),
    ("/link/", "old", "old/link/sub/b"),
    ("/link/.", "old", "old/sub/b"),
    ("/src/../src/sub", "old", "old/sub/b"),
]
NOT_OUT_OF = [
    ("/nope", "old", "Could not find the file /nope in container box"),
    ("/src/a/", "old", "Could not find the file /src/a/ in container box"),
    ("/src/a", "none/x", 'invalid output path: directory "none" does not exist'),
    ("/src/a", "new/", "no such directory"),
    ("/src", "plain", "cannot copy directory"),
    ("/src/a", "/dev/null", "must be a directory or a regular file"),
]


def test_rules_for_paths_out_of_a_container(cli: Cli, idle: Idle, tmp_path: Path) -> None:
    idle("box")
    cli.ok(
        "exec", "box", "sh", "-c", "mkdir -p /src/sub; echo a > /src/a; echo b > /src/sub/b; ln -s src /link"
    )
    for number, (path, destination, expected) in enumerate(OUT_OF):
        folder = tmp_path / str(number)
        (folder / "old").mkdir(parents=True)
        (folder / "plain").write_text("plain")
        cli.ok("cp", f"box:{path}", destination, cwd=folder)
        assert (folder / expected).read_text() == ("b\n" if expected.endswith("b") else "a\n"), path
    for path, destination, text in NOT_OUT_OF:
        refused = cli("cp", f"box:{path}", destination, cwd=folder)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)


def test_ends_that_docker_refuses_are_refused(cli: Cli, idle: Idle, here: Path) -> None:
    idle("box")
    for words, text, code in (
        (("-", "-"), "must specify at least one container source", 1),
        (("file", "file"), "must specify at least one container source", 1),
        (("./a:b", "c"), "must specify at least one container source", 1),
        (("box:/a", "other:/b"), "copying between containers is not supported", 1),
        (("", "box:/d"), "source can not be empty", 125),
        (("file", ""), "destination can not be empty", 125),
        ((":/etc", "."), "no container before the colon", 125),
        (("file", "none:/d"), "No such container: none", 1),
        (("none:/d", "."), "No such container: none", 1),
        (("-", "box:/etc/passwd"), "must be a directory", 1),
        (("-", "box:/nope"), "Could not find the file /nope in container box", 1),
    ):
        refused = cli("cp", *words, cwd=here)
        assert refused.code == code, str(refused)
        assert text in refused.err, str(refused)
        assert "Traceback" not in refused.err


@pytest.mark.parametrize("state", STATES)
def test_files_go_both_ways_in_every_state(cli: Cli, made: Made, here: Path, state: str) -> None:
    made(state, "-v", "vol:/vol", "-v", f"{here}/empty:/bound")
    for path in ("/etc/there", "/vol/there", "/bound/there"):
        cli.ok("cp", "dir", f"box:{path}", cwd=here)
        cli.ok("cp", f"box:{path}", f"back{path.replace('/', '-')}", cwd=here)
        back = here / f"back{path.replace('/', '-')}"
        assert (back / "sub/b").read_text() == "b\n"
        assert os.readlink(back / "link") == "a"
    assert (here / "empty/there/a").read_text() == "a\n"
    if state == "paused":
        cli.ok("unpause", "box")
    elif state in {"exited", "created"}:
        cli.ok("start", "box")
    if state != "exited":
        shown = "cat /etc/there/a /vol/there/sub/b /bound/there/link"
        assert cli.ok("exec", "box", "sh", "-c", shown).lines == ["a", "b", "a"]


@pytest.mark.parametrize("state", ["running", "exited"])
def test_what_may_not_be_written_is_refused(cli: Cli, made: Made, here: Path, state: str) -> None:
    (here / "given").mkdir()
    flags = (
        "--read-only",
        "--tmpfs",
        "/d",
        "-v",
        f"{here}/given:/ro:ro",
        "-v",
        "vol:/rw",
        "-v",
        "deep:/ro2:ro",
    )
    made(state, *flags)
    for path, text in (
        ("/etc", "container rootfs is marked read-only"),
        ("/ro", "mounted volume is marked read-only"),
        ("/ro2/", "mounted volume is marked read-only"),
        ("/rw/../etc/x", "container rootfs is marked read-only"),
    ):
        refused = cli("cp", "file", f"box:{path}", cwd=here)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)
    cli.ok("cp", "file", "box:/rw/", cwd=here)
    cli.ok("cp", "box:/rw/file", "back", cwd=here)
    assert (here / "back").read_text() == "file\n"
    assert list((here / "given").iterdir()) == []


def test_a_link_in_the_container_leads_to_a_volume_and_is_judged_there(
    cli: Cli, idle: Idle, here: Path
) -> None:
    idle("box", "--tmpfs", "/tmp", "-v", "vol:/vol:ro")
    cli.ok(
        "exec", "box", "sh", "-c", "ln -s /vol /alias; ln -s ../tmp /etc/alias; ln -s /tmp/absent /dangling"
    )
    assert "mounted volume is marked read-only" in cli("cp", "file", "box:/alias/", cwd=here).err
    cli.ok("cp", "file", "box:/etc/alias/x", cwd=here)
    cli.ok("cp", "file", "box:/dangling", cwd=here)
    assert cli.ok("exec", "box", "cat", "/tmp/x", "/tmp/absent").lines == ["file", "file"]


def test_a_tmpfs_is_reached_while_the_container_runs_and_refused_after(
    cli: Cli, idle: Idle, here: Path
) -> None:
    idle("box", "--tmpfs", "/scratch")
    cli.ok("cp", "dir", "box:/scratch/x", cwd=here)
    assert cli.ok("exec", "box", "cat", "/scratch/x/sub/b").line == "b"
    cli.ok("cp", "box:/scratch/x/a", "back", cwd=here)
    assert (here / "back").read_text() == "a\n"
    cli.ok("stop", "-t0", "box")
    refused = cli("cp", "dir", "box:/scratch/x", cwd=here)
    assert "lies on a mount that is there only while it runs" in refused.err, str(refused)
    assert "Could not find the file /scratch/x/a" in cli("cp", "box:/scratch/x/a", "back", cwd=here).err


def test_mounts_that_are_not_there_yet_hinder_nobody(cli: Cli, made: Made, here: Path) -> None:
    """Shared memory and the files of another image come with the start; a folder that has gone is missed."""
    made("created", "--ipc", "shareable", "--mount", "type=image,source=busybox,target=/img")
    cli.ok("cp", "dir", "box:/there", cwd=here)
    cli.ok("cp", "box:/there/a", "back", cwd=here)
    for path in ("/dev/shm/x", "/img/x"):
        refused = cli("cp", "dir", f"box:{path}", cwd=here)
        assert "lies on a mount that is there only while it runs" in refused.err, str(refused)
    cli.ok("rm", "box")
    (here / "gone").mkdir()
    made("created", "-v", f"{here}/gone:/gone")
    (here / "gone").rmdir()
    refused = cli("cp", "dir", "box:/there", cwd=here)
    assert f'"{here}/gone", which is mounted on /gone, cannot be opened' in refused.err, str(refused)


def test_a_mounted_file_is_written_and_stays_mounted(cli: Cli, idle: Idle, here: Path) -> None:
    (here / "mine").write_text("mine\n")
    idle("box", "-v", f"{here}/mine:/etc/mine", "-v", f"{here}/to-dir:/seen")
    cli.ok("cp", "file", "box:/etc/mine", cwd=here)
    assert (here / "mine").read_text() == "file\n"
    assert cli.ok("exec", "box", "grep", "-c", " /etc/mine ", "/proc/mounts").line == "1"
    refused = cli("cp", "to-file", "box:/etc/mine", cwd=here)
    assert "something is mounted on it" in refused.err, str(refused)


def test_owners_are_roots_in_there_and_ours_out_here_unless_archived(
    cli: Cli, idle: Idle, here: Path
) -> None:
    idle("box")
    os.chown(here / "dir/a", 1234, 1235)
    os.chmod(here / "dir/a", 0o640)
    os.chown(here / "dir/link", 1234, 1235, follow_symlinks=False)
    os.utime(here / "dir/a", (TIME, TIME))
    look = ("exec", "box", "stat", "-c", "%u:%g %a %Y")
    cli.ok("cp", "dir", "box:/plain", cwd=here)
    cli.ok("cp", "-a", "dir", "box:/kept", cwd=here)
    assert cli.ok(*look, "/plain/a", "/plain/link").lines[0] == f"0:0 640 {TIME}"
    assert cli.ok(*look, "/kept/a").line == f"1234:1235 640 {TIME}"
    assert cli.ok("exec", "box", "stat", "-c", "%u:%g", "/plain/link", "/kept/link").lines == [
        "0:0",
        "1234:1235",
    ]
    cli.ok("cp", "box:/kept", "plain", cwd=here)
    cli.ok("cp", "--archive", "box:/kept", "kept", cwd=here)
    plain, kept = (here / "plain/a").stat(), (here / "kept/a").stat()
    assert (plain.st_uid, plain.st_gid, plain.st_mode & 0o7777, plain.st_mtime) == (0, 0, 0o640, TIME)
    assert (kept.st_uid, kept.st_gid) == (1234, 1235)


def test_links_holes_attributes_and_fifos_are_kept(cli: Cli, idle: Idle, here: Path) -> None:
    idle("box")
    tree = here / "tree"
    tree.mkdir()
    with (tree / "sparse").open("wb") as file:
        file.seek(300 << 20)
        file.write(b"end")
    (tree / "one").write_text("one")
    os.link(tree / "one", tree / "two")
    os.mkfifo(tree / "fifo", 0o622)
    os.chmod(tree / "one", 0o755)
    has_attributes = True
    try:
        os.setxattr(tree / "one", "user.colour", b"blue\0\xff")
    except OSError:
        has_attributes = False
    cli.ok("cp", "tree", "box:/tree", cwd=here)
    assert cli.ok("exec", "box", "stat", "-c", "%h %F", "/tree/one", "/tree/fifo").lines == [
        "2 regular file",
        "1 fifo",
    ]
    blocks, size = map(int, cli.ok("exec", "box", "stat", "-c", "%b %s", "/tree/sparse").line.split())
    assert size == (300 << 20) + 3
    assert blocks * 512 < 1 << 20
    cli.ok("cp", "box:/tree", "back", cwd=here)
    back = here / "back"
    assert (back / "one").stat().st_ino == (back / "two").stat().st_ino
    assert stat.S_ISFIFO((back / "fifo").lstat().st_mode)
    assert (back / "sparse").stat().st_blocks * 512 < 1 << 20
    if has_attributes:
        assert os.getxattr(back / "one", "user.colour") == b"blue\0\xff"


def test_a_link_is_copied_as_a_link_unless_followed(cli: Cli, idle: Idle, here: Path) -> None:
    idle("box")
    cli.ok("cp", "to-file", "box:/link", cwd=here)
    cli.ok("cp", "-L", "to-file", "box:/tmp", cwd=here)
    cli.ok("cp", "-L", "to-dir", "box:/tmp", cwd=here)
    assert cli.ok("exec", "box", "readlink", "/link").line == "file"
    assert cli.ok("exec", "box", "cat", "/tmp/to-file", "/tmp/to-dir/sub/b").lines == ["file", "b"]
    cli.ok("exec", "box", "ln", "-s", "/tmp/to-file", "/again")
    cli.ok("cp", "box:/again", "as-link", cwd=here)
    cli.ok("cp", "-L", "box:/again", "as-file", cwd=here)
    assert os.readlink(here / "as-link") == "/tmp/to-file"
    assert (here / "as-file").read_text() == "file\n"
    assert not (here / "as-file").is_symlink()


def archive_of(*members: tuple[str, str | None], mode: str = "w") -> bytes:
    """A tar stream: names with their content, or folders."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]  # any mode
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.uid, member.gid, member.mtime, member.mode = 77, 78, TIME, 0o640
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o750
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content.encode()))
    return data.getvalue()


@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_tar_stream_is_unpacked_into_a_folder(cli: Cli, made: Made, tmp_path: Path, state: str) -> None:
    made(state)
    for number, mode in enumerate(("w", "w:gz", "w:bz2", "w:xz")):
        data = archive_of(("./", None), ("./x/", None), ("./x/y", f"{number}\n"), ("bin/z", "z\n"), mode=mode)
        done = cli.ok("cp", "-", "box:/", stdin=data)
        assert "to box:/" in done.err
        cli.ok("cp", "-a", "box:/x/y", tmp_path)
        found = (tmp_path / "y").stat()
        assert (tmp_path / "y").read_text() == f"{number}\n"
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777, found.st_mtime) == (77, 78, 0o640, TIME)
    refused = cli("cp", "-", "box:/", stdin=b"no archive at all" * 100)
    assert refused.code == 1
    assert "no tar archive" in refused.err


@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_file_or_folder_is_streamed_as_tar(cli: Cli, made: Made, here: Path, state: str) -> None:
    made(state)
    long = "n" * 150
    (here / "dir" / long).write_text("long")
    cli.ok("cp", "dir/.", "box:/d", cwd=here)
    for path, names in (
        ("/d", {"d", "d/f", "d/a", "d/link", "d/sub", "d/sub/b", f"d/{long}"}),
        ("/d/.", {".", "./f", "./a", "./link", "./sub", "./sub/b", f"./{long}"}),
        ("/d/a", {"a"}),
    ):
        done = cli.ok("cp", f"box:{path}", "-")
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            assert names <= {name.removesuffix("/") for name in archive.getnames()}
            first = archive.getmembers()[0]
            assert (first.uid, first.gid) == (0, 0)
    piped = cli.ok("cp", "box:/d", "-").stdout
    cli.ok("cp", "-", "box:/tmp", stdin=piped)
    cli.ok("cp", "box:/tmp/d/sub/b", "back", cwd=here)
    assert (here / "back").read_text() == "b\n"


def test_what_was_copied_is_told_on_stderr_and_progress_on_a_terminal_only(
    cli: Cli, pty_cli: PtyCli, idle: Idle, tmp_path: Path
) -> None:
    idle("box")
    (tmp_path / "big").write_bytes(b"x" * 1_230_000)
    done = cli.ok("cp", "big", "box:/tmp/", cwd=tmp_path)
    assert done.err == "Successfully copied 1.23MB to box:/tmp/\n"
    assert cli.ok("cp", "-q", "big", "box:/tmp/", cwd=tmp_path).all == "exit 0\n--- stdout\n--- stderr\n"
    back = cli.ok("cp", "box:/tmp/big", "here", cwd=tmp_path)
    assert back.err == f"Successfully copied 1.23MB to {tmp_path}/here\n"
    shown = pty_cli("cp", tmp_path / "big", "box:/tmp/")
    shown.expect("Copying to container - ")
    shown.expect("Successfully copied 1.23MB to box:/tmp/")
    assert shown.finish() == 0
    refused = pty_cli("cp", "box:/tmp/big", "-")
    refused.expect("refusing to write a tar archive to a terminal")
    assert refused.finish() == 1
