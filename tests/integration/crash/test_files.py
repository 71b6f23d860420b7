"""kill -9 of cp and commit at every step: no view, lease or mount stays, nothing is half."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.crash.conftest import Dying, World
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

NAME = "victim"


@pytest.fixture
def victim(cli: Cli, world: World) -> Iterator[str]:
    """A running container that has changed something; what is there with it is how it was before."""
    cli.ok("run", "-d", "--name", NAME, "busybox", "sh", "-c", "echo x > /changed; exec sleep inf")
    world.remember()
    yield NAME
    cli.ok("rm", "-f", NAME)


def put_right(cli: Cli, world: World, step: str) -> None:
    """One more command, or the one that a killed commit has left to thaw the container, which may be at work
    just now; then the container runs, and everything else is as before."""
    when = f"killed before [{step}]" if step else "not killed"

    def is_running() -> bool:
        shown = cli.ok("ps", "--format", "{{.Names}} {{.State}}")
        assert not shown.err, f"{when}: {shown}"
        return shown.lines == [f"{NAME} running"]

    assert eventually(is_running), when
    cli("rmi", "-f", "made")
    world.expect_as_before(when)


def test_commit(dying: Dying, world: World, cli: Cli, victim: str) -> None:
    """What it borrows is what diff borrows."""
    for step in dying.every_step("commit", victim, "made"):
        put_right(cli, world, step)


def test_cp_into_a_stopped_container(dying: Dying, world: World, cli: Cli, busybox_image: str) -> None:
    """What was there is there, or the new file whole."""
    source = Path(cli.folder, "source")
    source.write_text("new" * 1000)
    cli.ok("create", "--name", NAME, "-v", "vol:/vol", busybox_image)
    cli.ok("cp", str(source), f"{NAME}:/first")  # now there is a lock's file, too
    world.remember()
    for step in dying.every_step("cp", str(source), f"{NAME}:/file"):
        when = f"killed before [{step}]"
        assert cli.ok("diff", NAME).lines in (["A /first"], ["A /file", "A /first"]), when
        world.expect_as_before(when)
        if cli("cp", f"{NAME}:/file", "back").code == 0:
            assert Path(cli.folder, "back").read_text() == "new" * 1000, when
    cli.ok("rm", NAME)
