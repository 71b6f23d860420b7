"""How a test ends: nerdpy removes what is left, nothing may remain, and a failure keeps its traces."""

import json
import shutil
from pathlib import Path

from tests.integration.support.cli import Cli, Result
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.leftovers import DATA_ROOT, Leftovers, custom_conflists
from tests.integration.support.waiting import eventually


def remove_by_nerdpy(engine: PrivateEngine, cli: Cli) -> None:
    """Containers, volumes and networks by nerdpy itself, as a user would clean up."""
    namespace = cli.environment["NERDPY_NAMESPACE"]
    if containers := engine.ctr("containers", "ls", "-q", namespace=namespace).stdout.split():
        cli.ok("rm", "-f", "-v", *containers)
    volumes = sorted({path.name for path in DATA_ROOT.glob(f"*/volumes/{namespace}/*") if path.is_dir()})
    if volumes:
        cli.ok("volume", "rm", *volumes)
    if networks := [json.loads(path.read_text())["name"] for path in custom_conflists()]:
        cli.ok("network", "rm", *networks)


def remove_images(engine: PrivateEngine, namespace: str) -> None:
    """The images are the test's furniture: containerd's own client takes them away."""
    if images := engine.ctr("images", "ls", "-q", namespace=namespace).stdout.split():
        engine.ctr("images", "rm", "--sync", *images, namespace=namespace)


def expect_nothing(leftovers: Leftovers) -> None:
    """Fail when something is left; what is just being cleared away is given a few seconds."""

    def nothing_is_left() -> bool:
        found = leftovers.found()
        assert not found, "left behind: " + json.dumps(found, indent=2)
        return True

    eventually(nothing_is_left, seconds=8)


def keep_artifacts(folder: Path, engine: PrivateEngine, diary: list[Result], log_start: int) -> None:
    """What nerdpy said and what containerd logged during the test."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "commands.txt").write_text("\n\n".join(map(str, diary)))
    with engine.log.open("rb") as log:
        log.seek(log_start)
        (folder / "containerd.log").write_bytes(log.read())
    for log_file in DATA_ROOT.glob("*/containers/*/*/*.log"):
        shutil.copy(log_file, folder)
