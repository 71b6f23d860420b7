"""run --rootfs: a folder of the host as the root, without any image."""

import io
import tarfile
from pathlib import Path

import pytest

from hack.images.busybox import busybox_program, busybox_tree
from tests.integration.container.conftest import Inspect
from tests.integration.support.cli import Cli


@pytest.fixture
def folder(cli: Cli, tmp_path: Path) -> Path:
    """A busybox system, unpacked."""
    folder = tmp_path / "root"
    tree = busybox_tree(busybox_program(tmp_path / "scratch"))
    with tarfile.open(fileobj=io.BytesIO(tree.tar())) as archive:
        archive.extraction_filter = lambda member, path: member  # the words of Python 3.11.4 and newer
        archive.extractall(folder)
    return folder


def test_a_folder_is_run_and_written(cli: Cli, folder: Path, inspected: Inspect) -> None:
    script = "echo made > /made; id -u; hostname | wc -c; cat /etc/hostname | wc -c; pwd"
    found = cli.ok("run", "--rm", "--rootfs", "-u", "app", "-w", "/tmp", "root", "sh", "-c", "id -un; pwd")
    assert found.lines == ["app", "/tmp"]
    assert cli.ok("run", "--rm", "--rootfs", folder, "sh", "-c", script).lines == ["0", "13", "13", "/"]
    assert (folder / "made").read_text() == "made\n"
    refused = cli("run", "--rm", "--rootfs", "--read-only", folder, "sh", "-c", "echo x > /made")
    assert "Read-only file system" in refused.err
    cli.ok("run", "-d", "--name", "web", "--rootfs", "-v", "data:/home", folder, "sleep", "inf")
    assert cli.ok("exec", "web", "cat", "/made").line == "made"
    assert cli.ok("exec", "-u", "app", "web", "id", "-un").line == "app"
    assert cli.ok("exec", "web", "ls", "/home").lines == ["app"]  # the volume has the folder's files
    assert inspected("web", ".Config.Image") == str(folder)
    assert "web" in cli.ok("ps", "--size", "--format", "{{.Names}} {{.Size}}").line
    cli.ok("stop", "-t0", "web")
    cli.ok("start", "web")
    assert cli.ok("exec", "web", "cat", "/made").line == "made"
    cli.ok("rm", "-f", "web")
    assert (folder / "made").exists()
    assert cli.ok("system", "df").code == 0


def test_a_name_is_made_of_the_folders(cli: Cli, folder: Path) -> None:
    cli.ok("create", "--rootfs", "./root", "true")
    assert cli.ok("ps", "-a", "--format", "{{.Names}}").line.startswith("root-")


IMPOSSIBLE = (
    (("--rootfs", "nowhere", "true"), "nowhere", "is not a folder"),
    (("--rootfs", "/etc/hostname", "true"), '"/etc/hostname"', "is not a folder"),
    (("--rootfs", "/", "true"), "the host's own root", "folder with its own files"),
    (("--rootfs", "root"), "no command specified", "--entrypoint"),
    (("--rootfs", "--pull", "always", "root", "true"), "--pull and --rootfs", "no image"),
    (("--rootfs", "--platform", "linux/arm64", "root", "true"), "--platform and --rootfs", "no image"),
    (("--storage-opt", "size=1g", "busybox", "true"), "--storage-opt", "no per-container options"),
)


def test_impossible_roots_are_refused(cli: Cli, folder: Path) -> None:
    for words, *said in IMPOSSIBLE:
        refused = cli("run", "--rm", *words)
        assert refused.code == 125, str(refused)
        assert all(text in refused.err for text in said), str(refused)
    assert cli.ok("ps", "-aq").lines == []
