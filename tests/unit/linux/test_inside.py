"""Paths below a hostile directory, by the kernel's resolution and by our own walk."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.linux import inside


@pytest.fixture(params=["openat2", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A root filesystem full of traps, beside a secret that must not be reached."""

    def no_openat2(*_: object) -> int:
        raise OSError(errno.ENOSYS, "no openat2")

    if request.param == "walk":
        monkeypatch.setattr(inside, "_openat2", no_openat2)
    (tmp_path / "secret").write_text("of the host")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("of the host")
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/passwd").write_text("of the container")
    (folder / "etc/link").symlink_to("passwd")
    (folder / "relative").symlink_to("../../../../../etc")
    (folder / "absolute").symlink_to(f"{tmp_path}/etc")
    (folder / "here").symlink_to("/etc")
    (folder / "chain").symlink_to("here/../here/link")
    (folder / "loop").symlink_to("loop")
    (folder / "magic").symlink_to("/proc/self/root/etc/passwd")
    os.mkfifo(folder / "fifo")
    (folder / "device").symlink_to("/dev/zero")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "etc//./passwd",
        "../../etc/passwd",
        "/etc/link",
        "relative/passwd",
        "here/passwd",
        "chain",
    ],
)
def test_every_link_is_followed_below_the_root(root: int, path: str) -> None:
    assert inside.read_text(root, path) == "of the container"


@pytest.mark.parametrize(
    "path",
    ["absolute/passwd", "../secret", "loop", "loop/x", "magic", "missing", "etc/passwd/x", "device", "etc"],
)
def test_what_leads_out_or_nowhere_is_not_there(root: int, path: str) -> None:
    assert inside.read_text(root, path) is None


def test_a_pipe_is_not_waited_for(root: int) -> None:
    assert inside.read_text(root, "fifo") is None
    assert inside.kind_of(root, "fifo") == stat.S_IFIFO


def test_a_huge_file_is_refused(root: int) -> None:
    with pytest.raises(InvalidArgument, match="too large"):
        inside.read_text(root, "/etc/passwd", limit=5)


def test_a_link_itself_is_opened_when_asked_for(root: int) -> None:
    handle = inside.open_inside(root, "here", os.O_PATH | os.O_NOFOLLOW)
    assert os.readlink("", dir_fd=handle) == "/etc"
    os.close(handle)


def test_a_new_file_is_made_below_the_root_even_through_a_link(root: int) -> None:
    handle = inside.open_inside(root, "relative/new", os.O_CREAT | os.O_WRONLY, 0o600)
    os.write(handle, b"x")
    os.close(handle)
    assert inside.read_text(root, "/etc/new") == "x"


def test_a_directory_is_asked_for_by_flag(root: int) -> None:
    os.close(inside.open_inside(root, "relative", os.O_RDONLY | os.O_DIRECTORY))
    with pytest.raises(NotADirectoryError):
        inside.open_inside(root, "etc/passwd", os.O_RDONLY | os.O_DIRECTORY)


def test_the_root_is_its_own_parent(root: int) -> None:
    handle = inside.open_inside(root, "../..")
    assert os.path.samestat(os.fstat(handle), os.fstat(root))
    os.close(handle)


def test_existence_is_told(root: int) -> None:
    assert inside.exists(root, "here")
    assert not inside.exists(root, "loop")
