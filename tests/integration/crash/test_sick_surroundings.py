"""A full disk, a read-only one, an engine that dies: one clear error, the right code, and nothing left."""

import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.integration.crash.conftest import Dying, World
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.isolation import OWN, mount
from tests.integration.support.waiting import eventually

RUN = ("run", "-d", "--name", "victim", "-p", "8080:80", "-v", "kept:/kept", "-v", "/anonymous")
SLEEPER = ("busybox", "sleep", "inf")
BLOCKS = 64
"""More than a container's files take; each file takes one at least."""


@pytest.fixture
def own_disk(cli: Cli) -> Iterator[Path]:
    """A filesystem for a data root of one's own."""
    folder = OWN / "disk"
    folder.mkdir(exist_ok=True)
    mount("tmpfs", folder, "tmpfs")
    yield folder
    subprocess.run(["umount", "-l", "--recursive", folder], check=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-q", folder], check=False, stderr=subprocess.DEVNULL)


def cover_read_only(folder: Path) -> None:
    """Whoever opens a file from now on can't write it; the monitor, who has one open already, still can."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)


def is_lasting(path: Path) -> bool:
    return path.is_dir() or path.name in {".lock", "monitor", "runtime.json"}


def test_a_full_disk_leaves_nothing_behind(cli: Cli, own_disk: Path, world: World) -> None:
    """One block more each time, until there is room for all."""
    own = cli.with_env(NERDPY_DATA_ROOT=str(own_disk))
    for blocks in count(1):
        assert blocks < BLOCKS, own.diary[-1]
        unmount(own_disk)
        mount("tmpfs", own_disk, "tmpfs", f"nr_blocks={blocks}")
        done = own(*RUN, *SLEEPER)
        if done.code == 0:
            break
        assert done.code == 125, done
        assert "no space left on device" in done.err.lower(), done
        assert "hint: make room" in done.err, done
        assert own.ok("ps", "-aq").lines == []
        left = [path for path in own_disk.rglob("*") if not is_lasting(path)]
        assert left == [], f"with {blocks} blocks: {left}"
        world.expect_as_before(f"with a disk of {blocks} blocks")
    own.ok("rm", "-f", "-v", "victim")
    world.expect_as_before("after the disk was full")


def test_on_a_read_only_disk_one_can_look_and_nothing_else(cli: Cli, own_disk: Path, world: World) -> None:
    own = cli.with_env(NERDPY_DATA_ROOT=str(own_disk))
    own.ok(*RUN, *SLEEPER)
    cover_read_only(own_disk)
    failed = own("run", "-d", "-p", "8081:80", *SLEEPER)
    assert (failed.code, failed.out) == (125, "")
    assert "read-only file system" in failed.err.lower()
    assert own.ok("ps", "-a", "--format", "{{.Names}} {{.State}}").lines == ["victim running"]
    own.ok("exec", "victim", "true")
    for words in (("stop", "-t", "0", "victim"), ("rm", "-f", "victim")):
        failed = own(*words)
        assert failed.code == 1
        assert "read-only file system" in failed.err.lower()
    unmount(own_disk)
    own.ok("rm", "-f", "-v", "victim")
    world.expect_as_before("after the disk was read-only")


@pytest.mark.parametrize("words", [("run", "-d"), ("run", "--rm"), ("create",)], ids=" ".join)
def test_an_engine_that_dies_in_the_midst_is_cleaned_up_after(
    words: tuple[str, ...], dying: Dying, world: World, cli: Cli, engine: PrivateEngine
) -> None:
    for step in count(1):
        assert engine.process is not None
        command = (*words, *RUN[2:], "busybox", "true")
        code, talk = dying.at(step, *command, engine=engine.process.pid)
        is_dead = dying.steps >= step
        if is_dead:
            engine.kill()  # dead it is, and now waited for
            engine.start()
        if code:
            assert code == 125, talk
            assert "containerd" in talk
            assert "internal error" not in talk
        eventually(lambda: "running" not in cli.ok("ps", "-a", "--format", "{{.State}}").lines)
        if cli.ok("ps", "-aq").lines:
            cli.ok("rm", "-f", "-v", "victim")
        world.expect_as_before(f"{words}, the engine killed at [{dying.last_step}]")
        if not is_dead:
            assert code == 0, talk
            return


def test_an_engine_that_dies_under_an_exec_is_told_and_the_container_lives(
    dying: Dying, cli: Cli, engine: PrivateEngine, busybox_image: str
) -> None:
    cli.ok("run", "-d", "--name", "victim", "--network", "none", busybox_image, "sleep", "inf")
    for step in count(1):
        assert engine.process is not None
        code, talk = dying.at(step, "exec", "victim", "true", engine=engine.process.pid)
        if dying.steps < step:
            assert code == 0, talk
            return
        engine.kill()  # dead it is, and now waited for
        engine.start()
        assert code == 0 or "containerd" in talk, talk
        assert "internal error" not in talk
        assert cli.ok("ps", "--format", "{{.Names}}").lines == ["victim"]


def test_what_a_killed_shim_left_of_the_runtime_goes_with_the_container(
    cli: Cli, namespace: str, busybox_image: str
) -> None:
    run = cli.ok("run", "-d", "--name", "victim", "--network", "none", busybox_image, "true")
    identity = run.out.strip()
    cli.ok("wait", "victim")
    state = Path("/run/containerd/runc", namespace, identity)
    eventually(lambda: not state.exists())
    state.mkdir()
    (state / "state.json").write_text("{}")
    cli.ok("rm", "victim")
    assert state.parent.is_dir()
    assert not state.exists()
