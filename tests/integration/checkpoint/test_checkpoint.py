"""checkpoint and start --checkpoint: for real where CRIU can, with a clear error where it can't."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PATH
from tests.integration.support.waiting import eventually

COUNT = "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done"
"""What it has counted is in its memory only."""
Counting = Callable[..., str]


def _criu_works() -> bool:
    criu = shutil.which("criu", path=PATH)
    return (
        criu is not None and subprocess.run([criu, "check"], capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def counting(cli: Cli, busybox_image: str) -> Counting:
    """`counting("web", ...)`: a container that counts, and has begun to."""

    def run(name: str, *flags: str) -> str:
        identity = cli.ok("run", "-d", "--name", name, *flags, busybox_image, "sh", "-c", COUNT).line
        eventually(lambda: len(_counts(cli, name)) > 5, what="it counts")
        return identity

    return run


def _counts(cli: Cli, name: str) -> list[int]:
    return [int(line) for line in cli.ok("logs", name).lines]


def _goes_on(cli: Cli, name: str) -> None:
    """It counts on, and never anew: each line is one more than the line before."""
    before = len(_counts(cli, name))
    eventually(lambda: len(_counts(cli, name)) > before + 5, what="it counts on")
    counts = _counts(cli, name)
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("flags", [("--network", "none"), ("-p", "7600:80"), ("-i", "--network", "none")])
def test_a_container_goes_on_from_where_it_was_frozen(
    cli: Cli, counting: Counting, flags: tuple[str, ...], tmp_path: Path
) -> None:
    if not _criu_works():
        pytest.skip("CRIU does not get along with this kernel")
    counting("counter", *flags)
    assert cli.ok("checkpoint", "create", "counter", "first").out == "first\n"
    assert cli.ok("inspect", "-f", "{{.State.Status}}", "counter").line == "exited"
    frozen = len(_counts(cli, "counter"))
    assert cli.ok("checkpoint", "ls", "counter").lines == ["CHECKPOINT NAME", "first"]
    assert cli.ok("start", "--checkpoint", "first", "counter").lines == ["counter"]
    _goes_on(cli, "counter")
    assert len(_counts(cli, "counter")) > frozen
    assert cli.ok("exec", "counter", "cat", "/etc/hostname").code == 0
    cli.ok("stop", "-t", "0", "counter")
    assert cli.ok("start", "--checkpoint", "first", "counter").lines == ["counter"]
    eventually(
        lambda: _counts(cli, "counter").count(frozen + 1) == 2, what="it goes on from there a second time"
    )
    cli.ok("checkpoint", "rm", "counter", "first")
    assert cli.ok("checkpoint", "ls", "counter").lines == ["CHECKPOINT NAME"]


def test_it_may_run_on_and_its_checkpoint_lie_elsewhere(cli: Cli, counting: Counting, tmp_path: Path) -> None:
    if not _criu_works():
        pytest.skip("CRIU does not get along with this kernel")
    counting("counter", "--network", "none", "--restart", "always")
    place = ("--checkpoint-dir", str(tmp_path / "kept"))
    pid = cli.ok("inspect", "-f", "{{.State.Pid}}", "counter").line
    cli.ok("checkpoint", "create", "--leave-running", *place, "counter", "one")
    assert cli.ok("inspect", "-f", "{{.State.Pid}}", "counter").line == pid
    _goes_on(cli, "counter")
    refused = cli("checkpoint", "create", "--leave-running", *place, "counter", "one")
    assert (refused.code, refused.out) == (1, "")
    assert "checkpoint one of container counter exists already" in refused.err
    cli.ok("checkpoint", "create", *place, "counter", "two")
    assert cli.ok("inspect", "-f", "{{.State.Status}}", "counter").line == "exited"
    assert cli.ok("checkpoint", "ls", *place, "counter").lines[1:] == ["one", "two"]
    assert cli.ok("checkpoint", "ls", "counter").lines[1:] == []
    assert (tmp_path / "kept").stat().st_mode & 0o77 == 0
    assert sorted(os.listdir(tmp_path / "kept")) == ["one", "two"]
    cli.ok("start", "--checkpoint", "two", *place, "counter")
    _goes_on(cli, "counter")
    for name in ("one", "two"):
        cli.ok("checkpoint", "rm", *place, "counter", name)
    assert os.listdir(tmp_path / "kept") == []


def test_where_criu_cannot_nothing_has_happened(cli: Cli, counting: Counting) -> None:
    if _criu_works():
        pytest.skip("CRIU gets along with this kernel")
    identity = counting("counter", "--network", "none", "--restart", "always")
    pid = cli.ok("inspect", "-f", "{{.State.Pid}}", "counter").line
    for flags in ((), ("--leave-running",)):
        refused = cli("checkpoint", "create", *flags, "counter", "first")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("nerdpy: container counter could not be checkpointed: ")
        assert "criu" in refused.err
        assert "Traceback" not in refused.err
    assert cli.ok("inspect", "-f", "{{.State.Pid}}", "counter").line == pid
    _goes_on(cli, "counter")
    assert cli.ok("checkpoint", "ls", "counter").lines == ["CHECKPOINT NAME"]
    folder = cli.ok("inspect", "-f", "{{.LogPath}}", identity).line
    assert os.listdir(Path(folder).parent / "checkpoints") == []
    os.kill(int(pid), 9)
    eventually(lambda: cli.ok("inspect", "-f", "{{.RestartCount}}", "counter").line == "1")


def test_what_cannot_be_is_refused(cli: Cli, busybox_image: str, counting: Counting, tmp_path: Path) -> None:
    cli.ok("create", "--name", "never", busybox_image, "true")
    cli.ok("run", "-dt", "--name", "typing", "--network", "none", busybox_image, "sleep", "inf")
    counting("passing", "--rm", "--network", "none")
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("kept")
    here = ("--checkpoint-dir", str(tmp_path))
    refusals = {
        ("checkpoint", "create", "never", "first"): "container never is not running",
        ("checkpoint", "create", "typing", "first"): "container typing has a terminal",
        ("checkpoint", "create", "passing", "first"): "would be removed by its checkpoint",
        ("checkpoint", "create", "passing", "../first"): 'invalid checkpoint name "../first"',
        ("checkpoint", "create", "missing", "first"): "No such container: missing",
        ("checkpoint", "rm", "never", "first"): "checkpoint first of container never does not exist",
        ("checkpoint", "rm", *here, "never", "precious"): "precious is not a checkpoint",
        ("checkpoint", "rm", *here, "never", "../etc"): 'invalid checkpoint name "../etc"',
        ("start", "--checkpoint", "first", "never"): "checkpoint first of container never does not exist",
        ("start", "--checkpoint", "first", "never", "typing"): "cannot restore several containers at once",
        ("start", *here, "never"): "give both",
    }  # fmt: skip
    for words, sentence in refusals.items():
        refused = cli(*words)
        assert refused.code in {1, 125}, words
        assert refused.out == "", words
        assert sentence in refused.err
    assert (tmp_path / "precious" / "file").read_text() == "kept"
    assert sorted(cli.ok("ps", "--format", "{{.Names}}").lines) == ["passing", "typing"]


def test_a_checkpoint_that_is_broken_starts_nothing(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    cli.ok("create", "--name", "never", "--network", "none", busybox_image, "sleep", "inf")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "inventory.img").write_bytes(b"nonsense")
    refused = cli("start", "--checkpoint", "broken", "--checkpoint-dir", str(tmp_path), "never")
    assert (refused.code, refused.out) == (1, "")
    assert "container never could not be started from checkpoint broken" in refused.err
    assert cli.ok("ps", "-q").lines == []
    cli.ok("start", "never")
    assert cli.ok("ps", "--format", "{{.Names}}").lines == ["never"]
