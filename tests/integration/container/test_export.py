"""export: the whole root as a tar archive, without volumes."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli, Result
from tests.integration.support.terminal import Terminal


def archive_in(result: Result) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(result.stdout))


SCRIPT = (
    "mkdir /made && echo one > /made/one && ln /made/one /made/two && ln -s /etc/passwd /made/link"
    " && mkfifo /made/fifo && chown 5:6 /made/one && chmod 4755 /made/one"
    " && rm /etc/group && echo v > /data/v"
)


@pytest.mark.parametrize("state", ["running", "exited"])
def test_export_has_the_whole_root_and_no_volume(
    cli: Cli, busybox_image: str, tmp_path: Path, state: str
) -> None:
    if state == "running":
        cli.ok("run", "-d", "--name", "box", "-v", "/data", busybox_image, "sleep", "inf")
        cli.ok("exec", "box", "sh", "-c", SCRIPT)
    else:
        cli.ok("run", "--name", "box", "-v", "/data", busybox_image, "sh", "-c", SCRIPT)
    with archive_in(cli.ok("export", "box")) as archive:
        names = {name.rstrip("/") for name in archive.getnames()}
        assert {"made/one", "made/two", "made/link", "made/fifo", "etc/passwd", "bin/sh", "data"} <= names
        assert not {"etc/group", "data/v"} & names
        assert not any(name.startswith(("/", "./", "proc/", "sys/")) for name in names)
        one = archive.getmember("made/one")
        assert (one.uid, one.gid, one.mode) == (5, 6, 0o4755)
        assert (archive.getmember("made/two").type, archive.getmember("made/two").linkname) == (
            tarfile.LNKTYPE,
            "made/one",
        )
        assert archive.getmember("made/link").linkname == "/etc/passwd"
        assert archive.getmember("made/fifo").isfifo()
    target = tmp_path / "out.tar"
    target.write_text("old")
    assert cli.ok("export", "-o", target, "box").all == "exit 0\n--- stdout\n--- stderr\n"
    assert target.stat().st_mode & 0o777 == 0o600
    listed = subprocess.run(["tar", "-tf", target], capture_output=True, text=True, check=True).stdout
    assert "made/one" in listed
    assert os.listdir(tmp_path) == ["out.tar"]


def test_what_can_not_be_exported_is_refused(
    cli: Cli, pty_cli: PtyCli, busybox_image: str, tmp_path: Path
) -> None:
    cli.ok("create", "--name", "box", busybox_image)
    for words, text in (
        (("none",), "No such container: none"),
        (("-o", "no/where.tar", "box"), 'invalid output path: directory "no" does not exist'),
        (("-o", "/dev/null", "box"), "is not a regular file"),
        (("-o", tmp_path, "box"), "is not a regular file"),
    ):
        refused = cli("export", *words)
        assert refused.code == 1, str(refused)
        assert text in refused.err, str(refused)
    terminal: Terminal = pty_cli("export", "box")
    terminal.expect("refusing to write an archive to a terminal")
    assert terminal.finish() == 1


def test_export_ends_when_nobody_reads(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "box", busybox_image)
    process = cli.start("export", "box")
    assert process.stdout is not None
    process.stdout.close()
    process.communicate()
    assert process.returncode in {-13, 141}
