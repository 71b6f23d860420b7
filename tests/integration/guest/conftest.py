"""One guest for all these tests: `nerdpy(...)` runs nerdpy in it, against the distribution's containerd."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from hack.guest.machine import Done, Guest, built
from hack.images.layout import Layout
from tests.integration.support.cli import ROOT
from tests.integration.support.images import BUSYBOX, PREFIX
from tests.integration.support.waiting import eventually

Nerdpy = Callable[..., Done]
SLOW = 240
"""Seconds: an emulated processor takes its time."""


@pytest.fixture(scope="session")
def guest(images: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    luggage = tmp_path_factory.mktemp("luggage")
    shutil.copytree(ROOT / "nerdpy", luggage / "nerdpy", ignore=shutil.ignore_patterns("__pycache__"))
    (luggage / "busybox.tar").write_bytes(images.archive(PREFIX + BUSYBOX))
    guest = Guest(built(), luggage, tmp_path_factory.mktemp("guest"))
    try:
        insist(guest, "python3", "-m", "compileall", "-q", "/mnt/nerdpy", timeout=600)
        eventually(lambda: guest.run("ctr", "version").code == 0, seconds=SLOW)
        insist(guest, "ctr", "images", "import", "/mnt/busybox.tar")
        yield guest
    finally:
        guest.stop()


def insist(guest: Guest, *argv: str, stdin: str = "", timeout: float = SLOW) -> Done:
    """Run a program in the guest that must succeed."""
    done = guest.run(*argv, stdin=stdin, timeout=timeout)
    assert done.code == 0, done
    return done


@pytest.fixture
def nerdpy(guest: Guest) -> Iterator[Nerdpy]:
    """`nerdpy("run", ...)` must succeed; afterwards nothing may be left of what the test has made."""
    before = traces(guest)

    def call(*words: str, stdin: str = "") -> Done:
        return insist(guest, "nerdpy", *words, stdin=stdin)

    yield call
    if names := call("ps", "-aq").lines:
        call("rm", "-f", "-v", *names)
    eventually(lambda: traces(guest) == before, seconds=60, what=f"traces {traces(guest)}, before {before}")


def traces(guest: Guest) -> dict[str, list[str]]:
    """What containers leave when they leave something."""
    questions = {
        "tasks": "ctr tasks ls -q",
        "snapshots": "ctr snapshots ls | awk '$3 == \"Active\" {print $1}'",
        "mounts": "awk '{print $5}' /proc/self/mountinfo | grep -E 'nerdpy|containerd' || true",
        "links": "ls /sys/class/net | grep veth || true",
        "cgroups": "find /sys/fs/cgroup -name 'nerdpy*' -o -path '*/default/*' -type d",
        "processes": "pgrep -fa 'containerd-shim|nerdpy' | grep -v pgrep | cut -d' ' -f2- || true",
        "folders": "cd /; find var/lib/nerdpy/*/containers/default run/nerdpy/*/netns -mindepth 1 -prune; :",
    }
    script = "; ".join(f"echo '>{name}'; {question}" for name, question in questions.items())
    found: dict[str, list[str]] = {}
    for line in insist(guest, "sh", "-c", script).lines:
        if line.startswith(">"):
            found[line[1:]] = []
        elif line:
            next(reversed(found.values())).append(line)
    return found
