"""kill -9 of commands on networks and volumes: afterwards there is the old state or the new one.

Where a step costs a second, some of them are tried; NERDPY_CRASH_STEPS=1000 tries all.
"""

import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.crash.conftest import KILLED, Dying, World
from tests.integration.support.cli import Cli

MOST = int(os.environ.get("NERDPY_CRASH_STEPS", "3"))


def names(cli: Cli, noun: str, when: str) -> set[str]:
    """What there is, by a command that has nothing to complain of."""
    shown = cli.ok(noun, "ls", "--format", "{{.Name}}")
    assert not shown.err, f"{when}: {shown}"
    return set(shown.lines)


def sampled(
    dying: Dying, *words: str, marks: tuple[str, ...] = ("",), prepare: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Kill `nerdpy WORDS` before MOST of the steps with one of `marks` in them, evenly spread, and not
    at all."""
    prepare()
    code, talk = dying.at(0, *words)
    assert code == 0, talk
    lines = dying.log.read_text().splitlines()
    steps = [number for number, line in enumerate(lines, 1) if any(mark in line for mark in marks)]
    assert steps, f"none of {marks} in {lines}"
    yield ""
    for number in range(min(MOST, len(steps))):
        prepare()
        code, _ = dying.at(steps[number * len(steps) // min(MOST, len(steps))], *words)
        yield dying.last_step if code == KILLED else ""


def test_network_create(dying: Dying, world: World, cli: Cli, busybox_image: str) -> None:
    for step in dying.every_step("network", "create", "--label", "a=b", "fresh"):
        when = f"killed before [{step}]"
        if "fresh" in names(cli, "network", when):
            if step:  # its link may be missing: it is made when it is needed
                cli.ok("run", "--rm", "--network", "fresh", busybox_image, "ip", "route", "get", "10.4.1.1")
            cli.ok("network", "rm", "fresh")
        world.expect_as_before(when)


def test_network_rm(dying: Dying, world: World, cli: Cli, busybox_image: str) -> None:
    for step in sampled(
        dying, "network", "rm", "fresh", prepare=lambda: cli.ok("network", "create", "fresh")
    ):
        when = f"killed before [{step}]"
        if "fresh" in names(cli, "network", when):
            cli.ok("run", "--rm", "--network", "fresh", busybox_image, "true")
            cli.ok("network", "rm", "fresh")
        world.expect_as_before(when)


def test_volume_create(dying: Dying, world: World, cli: Cli) -> None:
    for step in sampled(dying, "volume", "create", "--label", "a=b", "fresh"):
        when = f"killed before [{step}]"
        if "fresh" in names(cli, "volume", when):
            assert cli.ok("volume", "inspect", "fresh").json[0]["Labels"] == {"a": "b"}, when
            cli.ok("volume", "rm", "fresh")
        world.expect_as_before(when)


def test_volume_rm(dying: Dying, world: World, cli: Cli) -> None:
    def prepare() -> None:
        folder = Path(
            cli.ok("volume", "inspect", cli.ok("volume", "create", "fresh").line).json[0]["Mountpoint"]
        )
        for number in range(3):
            (folder / f"{number}").mkdir()
            (folder / f"{number}" / "file").write_text("data")

    for step in sampled(dying, "volume", "rm", "fresh", prepare=prepare):
        when = f"killed before [{step}]"
        if "fresh" in names(cli, "volume", when):
            folder = Path(cli.ok("volume", "inspect", "fresh").json[0]["Mountpoint"])
            assert [path.read_text() for path in folder.glob("*/file")] == ["data"] * 3, when
            cli.ok("volume", "rm", "fresh")
        world.expect_as_before(when)


def test_copy_up(dying: Dying, world: World, cli: Cli, busybox_image: str) -> None:
    """Whoever uses the volume next finds everything in it that the image has there."""
    cli.ok("create", "--name", "model", "-v", "model:/bin", busybox_image)
    model = content(cli, "model")
    cli.ok("rm", "-f", "model")
    cli.ok("volume", "rm", "model")
    world.remember()
    words = ("create", "--name", "victim", "-v", "fresh:/bin", busybox_image)
    for step in sampled(dying, *words, marks=("/drafts/", "/volumes/", "os.rename")):
        when = f"killed before [{step}]"
        cli.ok("ps", "-a")
        if step and "fresh" in names(cli, "volume", when):
            cli("rm", "-f", "victim")
            cli.ok("create", "--name", "victim", "-v", "fresh:/bin", busybox_image)
            assert content(cli, "fresh") == model, when
        cli("rm", "-f", "victim")
        cli("volume", "rm", "fresh")
        world.expect_as_before(when)


@pytest.mark.parametrize("kind", ["a folder of its own", "a bind"])
def test_volume_import(dying: Dying, world: World, cli: Cli, kind: str, tmp_path: Path) -> None:
    """Nothing came in, or all of it does with the next use at the latest."""
    archive, device = tmp_path / "archive.tar", tmp_path / "device"
    with tarfile.open(archive, "w") as made:
        made.add(
            Path(__file__).parent, "tests", filter=lambda member: None if "cache" in member.name else member
        )
        whole = sorted(made.getnames())
    options = ("-o", "type=none", "-o", "o=bind", "-o", f"device={device}") if kind == "a bind" else ()

    def prepare() -> None:
        shutil.rmtree(device, ignore_errors=True)
        device.mkdir()
        cli("volume", "rm", "-f", "fresh")
        cli.ok("volume", "create", *options, "fresh")

    prepare()
    world.remember()
    marks = ("/volumes/", "rename", "unlink", "mkdir")
    for step in sampled(dying, "volume", "import", "fresh", str(archive), marks=marks, prepare=prepare):
        when = f"killed before [{step}]"
        exported = cli.ok("volume", "export", "fresh")
        with tarfile.open(fileobj=io.BytesIO(exported.stdout)) as found:
            names = sorted(name.removeprefix("./") for name in found.getnames() if name != ".")
        assert names in ([], whole), when
        prepare()
        world.expect_as_before(when)
    cli.ok("volume", "rm", "fresh")


def test_a_volume_that_is_a_mount(dying: Dying, world: World, cli: Cli, busybox_image: str) -> None:
    """The mount of a start that was killed goes with the next command."""
    cli.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "scratch")
    world.remember()
    words = ("-v", "scratch:/x", "--network", "none", busybox_image, "sleep", "inf")

    def prepare() -> None:
        cli("rm", "-f", "victim")
        cli.ok("create", "--name", "victim", *words)

    for step in sampled(dying, "start", "victim", marks=("/volumes/", "mount"), prepare=prepare):
        cli.ok("rm", "-f", "victim")
        world.expect_as_before(f"killed before [{step}]")
    cli.ok("volume", "rm", "scratch")


def content(cli: Cli, volume: str) -> list[str]:
    folder = Path(cli.ok("volume", "inspect", volume).json[0]["Mountpoint"])
    return sorted(f"{path.relative_to(folder)} {path.lstat().st_mode}" for path in folder.rglob("*"))
