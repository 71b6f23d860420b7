"""Data is never lost: random graphs of containers and volumes in two namespaces, and a small model of them.

After each operation the volumes on disk, with what is in them, are those of the model. NERDPY_MODEL_SEED and
NERDPY_MODEL_OPERATIONS choose another walk, or a longer one.
"""

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hack.images.layout import Layout
from nerdpy import labels
from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.volume.usage import mounts_of
from tests.integration.support.cli import Cli, Result
from tests.integration.support.ending import remove_by_nerdpy, remove_images
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, PREFIX
from tests.integration.support.waiting import eventually

SEEDS = (os.environ.get("NERDPY_MODEL_SEED") or "one two").split()
OPERATIONS = int(os.environ.get("NERDPY_MODEL_OPERATIONS", "30"))
NAMED = ("apple", "pear", "plum")


@dataclass
class Container:
    """As the model knows it."""

    volumes: set[str]
    """All that it mounts."""
    own: set[str]
    """The anonymous ones that were made for it."""
    is_running: bool
    removes_itself: bool
    binds: set[Path]
    """Folders of volumes, of either namespace, that it mounts by their paths."""


@dataclass
class World:
    """One namespace, as it should be."""

    cli: Cli
    engine: Engine
    containers: dict[str, Container] = field(default_factory=dict)
    anonymous: dict[str, bool] = field(default_factory=dict)
    """Every volume that there should be."""
    all: list["World"] = field(default_factory=list)
    """Both namespaces."""
    number: int = 0

    def used(self) -> set[str]:
        """The volumes that a container refers to, by name or by path."""
        named = {name for one in self.containers.values() for name in one.volumes}
        bound = {path for world in self.all for one in world.containers.values() for path in one.binds}
        return named | {name for name in self.anonymous if self.folder(name) in bound}

    def folder(self, name: str) -> Path:
        return self.engine.paths.volume(name) / "_data"

    def appear(self, name: str, *, is_anonymous: bool) -> None:
        """A volume is new: put something into it by which it is known."""
        if name not in self.anonymous:
            self.anonymous[name] = is_anonymous
            (self.folder(name) / "sub").mkdir()
            (self.folder(name) / "sub" / "token").write_text(name)

    def expect(self, when: str) -> None:
        """The disk is as the model has it."""
        there = {path.name for path in self.engine.paths.volumes.glob("*")}
        assert there == set(self.anonymous), f"{when}: {there ^ set(self.anonymous)} differ"
        for name in there:
            assert (self.folder(name) / "sub" / "token").read_text() == name, (
                f"{when}: {name} has lost its data"
            )
        there = {record.labels[labels.NAME] for record in self.engine.containerd.containers.list()}
        assert there == set(self.containers), f"{when}: containers {there ^ set(self.containers)} differ"

    # --- what happens ------------------------------------------------------------------------------------
    def create(self, chance: random.Random, other: "World") -> Result:
        """A container with up to three mounts; one in five runs."""
        self.number += 1
        name = f"c{self.number}"
        flags, volumes, binds = self._mounts(chance, other)
        removes_itself = chance.random() < 0.3
        is_running = chance.random() < 0.3
        words = ["run", "-d"] if is_running else ["create"]
        done = self.cli.ok(*words, *(["--rm"] if removes_itself else []), "--name", name, "--network", "none",
                           *flags, "busybox", "sleep", "inf")  # fmt: skip
        record = self.engine.containerd.containers.get(done.line)
        mounted = {str(one["Name"]) for one in mounts_of(record.labels) if one["Type"] == "volume"}
        own = set(labels.unpacked(labels.ANONYMOUS_VOLUMES, record.labels, []))
        assert volumes <= mounted, (volumes, mounted)
        for volume in mounted:
            self.appear(volume, is_anonymous=volume not in NAMED)
        self.containers[name] = Container(mounted, own, is_running, removes_itself, binds)
        return done

    def _mounts(self, chance: random.Random, other: "World") -> tuple[list[str], set[str], set[Path]]:
        flags: list[str] = []
        volumes: set[str] = set()
        binds: set[Path] = set()
        if chance.random() < 0.3:
            volumes.add(named := chance.choice(NAMED))
            flags += ["-v", f"{named}:/{named}"]
        if chance.random() < 0.5:
            flags += ["-v", f"/anonymous-{self.number}"]
        if self.anonymous and chance.random() < 0.3:
            volumes.add(known := chance.choice(sorted(self.anonymous)))
            flags += ["--mount", f"type=volume,src={known},dst=/part-{self.number},volume-subpath=sub"]
        if self.containers and chance.random() < 0.3:
            source = chance.choice(sorted(self.containers))
            volumes |= self.containers[source].volumes
            binds |= self.containers[source].binds
            flags += ["--volumes-from", source]
        world = chance.choice((other, other, self))
        if world.anonymous and chance.random() < 0.4:
            path = world.folder(chance.choice(sorted(world.anonymous)))
            binds.add(path)
            flags += ["-v", f"{path}:/by-path-{self.number}"]
        return flags, volumes, binds

    def volume_create(self, chance: random.Random, other: "World") -> Result:
        name = chance.choice(("", *NAMED))
        done = self.cli.ok("volume", "create", *filter(None, [name]))
        self.appear(done.line, is_anonymous=not name)
        return done

    def refused(self, chance: random.Random, other: "World") -> Result:
        """A creation that fails when volumes were made for it already takes them away, and those alone."""
        known = chance.choice(sorted(self.anonymous) or ["missing"])
        mounts = ("-v", f"{known}:/known", "-v", "/anonymous", "-v", "fresh:/fresh")
        nothing = ("--mount", "type=bind,src=/nowhere,dst=/x")
        done = self.cli("create", "--network", "none", *mounts, *nothing, "busybox")
        assert (done.code, "/nowhere" in done.err) == (125, True), str(done)
        return done

    def rename(self, chance: random.Random, other: "World") -> Result:
        name = chance.choice(sorted(self.containers) or ["nothing"])
        done = self.cli("rename", name, f"{name}x")
        if one := self.containers.pop(name, None):
            self.containers[f"{name}x"] = one
        return done

    def volume_rm(self, chance: random.Random, other: "World") -> Result:
        """One that is used stays, and the command says so."""
        name = chance.choice(sorted(self.anonymous) or ["nothing"])
        done = self.cli("volume", "rm", name)
        may_go = name in self.anonymous and name not in self.used()
        assert (done.code == 0) == may_go, f"{done}, used by {self.containers}"
        if may_go:
            del self.anonymous[name]
        return done

    def volume_rm_meanwhile(self, chance: random.Random, other: "World") -> Result:
        """While a container is made that wants it: the volume goes before and is made anew, or not at all."""
        self.number += 1
        volume, name = chance.choice(sorted(self.anonymous) or ["apple"]), f"c{self.number}"
        removal = self.cli.start(*chance.choice((("volume", "rm", volume), ("volume", "prune", "-f", "-a"))))
        done = self.cli.ok("create", "--name", name, "--network", "none", "-v", f"{volume}:/v", "busybox")
        removal.communicate(timeout=60)
        self.containers[name] = Container({volume}, set(), False, False, set())
        if volume not in self.used_before_last() and not os.path.exists(self.folder(volume) / "sub"):
            self.anonymous.pop(volume, None)
        for gone in [
            one for one in self.anonymous if one not in self.used() and not self.folder(one).exists()
        ]:
            del self.anonymous[gone]  # the prune took it
        self.appear(volume, is_anonymous=False)
        return done

    def used_before_last(self) -> set[str]:
        """As `used`, without the newest container."""
        last, one = self.containers.popitem()
        used = self.used()
        self.containers[last] = one
        return used

    def rm(self, chance: random.Random, other: "World") -> Result:
        """With or without its anonymous volumes, by force where it runs."""
        name = chance.choice(sorted(self.containers) or ["nothing"])
        with_volumes = chance.random() < 0.7
        done = self.cli("rm", "-f", *(["-v"] if with_volumes else []), name)
        if gone := self.containers.pop(name, None):
            self._forget(gone.own if with_volumes or gone.removes_itself else set())
        return done

    def stop(self, chance: random.Random, other: "World") -> Result:
        running = sorted(name for name, one in self.containers.items() if one.is_running)
        name = chance.choice(running or ["nothing"])
        done = self.cli("stop", "-t", "0", name)
        if (one := self.containers.get(name)) is not None:
            one.is_running = False
            if one.removes_itself:
                del self.containers[name]
                self._forget(one.own)
        return done

    def volume_prune(self, chance: random.Random, other: "World") -> Result:
        everything = chance.random() < 0.5
        done = self.cli.ok("volume", "prune", "-f", *(["-a"] if everything else []))
        self._forget({name for name, one in self.anonymous.items() if everything or one})
        return done

    def container_prune(self, chance: random.Random, other: "World") -> Result:
        done = self.cli.ok("container", "prune", "-f")
        self._prune_containers()
        return done

    def system_prune(self, chance: random.Random, other: "World") -> Result:
        done = self.cli.ok("system", "prune", "-f", "--volumes")
        self._prune_containers()
        self._forget({name for name, one in self.anonymous.items() if one})
        return done

    def _prune_containers(self) -> None:
        self.containers = {name: one for name, one in self.containers.items() if one.is_running}

    def _forget(self, volumes: set[str]) -> None:
        """Those of them that nobody uses are gone."""
        for name in volumes - self.used():
            self.anonymous.pop(name, None)


WEIGHTS = {
    World.create: 10, World.volume_create: 1, World.volume_rm: 4, World.rm: 5, World.stop: 2,
    World.volume_prune: 2, World.container_prune: 1, World.system_prune: 1, World.refused: 1,
    World.rename: 1, World.volume_rm_meanwhile: 2,
}  # fmt: skip


@pytest.fixture
def worlds(
    cli: Cli, engine: PrivateEngine, namespace: str, images: Layout, busybox_image: str
) -> Iterator[tuple[World, World]]:
    """Two namespaces with the same image."""
    second = f"{namespace}-2"
    done = engine.ctr("images", "import", "-", namespace=second, stdin=images.archive(PREFIX + BUSYBOX))
    assert done.returncode == 0, done.stderr
    other = Cli(cli.environment | {"NERDPY_NAMESPACE": second}, cli.folder)
    one, two = (
        World(each, Engine(Config(address=engine.address, namespace=name)))
        for each, name in ((cli, namespace), (other, second))
    )
    one.all += [one, two]
    two.all += [one, two]
    yield one, two
    for each in (cli, other):  # first, for they bind each other's volumes
        each("rm", "-f", *each("ps", "-aq").lines)
    remove_by_nerdpy(engine, other)
    remove_images(engine, second)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_a_container_refers_to_is_ever_removed(seed: str, worlds: tuple[World, World]) -> None:
    sys.stdout.write(f"NERDPY_MODEL_SEED={seed}\n")
    chance = random.Random(seed)
    for number in range(OPERATIONS):
        one, other = chance.sample(worlds, 2)
        happening = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        done = happening(one, chance, other)
        when = f"operation {number}: {done}"

        def is_so(when: str = when) -> bool:
            for world in worlds:
                world.expect(when)
            return True

        eventually(is_so)
