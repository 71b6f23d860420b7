"""What is said of the snapshotter that was chosen."""

from types import SimpleNamespace
from typing import cast

import pytest

from nerdpy.containerd.introspection import Plugin
from nerdpy.engine import Engine, Event
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.image.snapshotter import (
    KIND,
    check_snapshotter,
    is_unprepared,
    warn_of_eagerness,
    warn_of_unprepared,
)

LABELS = {"enable_remote_snapshot_annotations": "true"}
PLUGINS = [
    Plugin(type=KIND, id="overlayfs"),
    Plugin(type=KIND, id="native"),
    Plugin(type=KIND, id="btrfs", error="no btrfs here: skip plugin: skip plugin"),
    Plugin(type=KIND, id="soci", exports=LABELS),
    Plugin(type=KIND, id="nydus"),
    Plugin(type=KIND, id="own", exports=LABELS),
]


def engine_with(snapshotter: str) -> tuple[Engine, list[Event]]:
    told: list[Event] = []
    introspection = SimpleNamespace(plugins=lambda *_: PLUGINS)
    engine = SimpleNamespace(
        config=SimpleNamespace(snapshotter=snapshotter),
        containerd=SimpleNamespace(introspection=introspection),
        notify=told.append,
    )
    return cast(Engine, engine), told


@pytest.mark.parametrize("name", ["overlayfs", "native", "soci"])
def test_one_that_is_there_is_fine(name: str) -> None:
    check_snapshotter(engine_with(name)[0])


def test_an_unknown_one_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidArgument, match='no snapshotter "zfs"') as raised:
        check_snapshotter(engine_with("zfs")[0])
    assert "native, nydus, overlayfs, own, soci" in (raised.value.hint or "")
    assert "btrfs" not in (raised.value.hint or "")


def test_one_that_did_not_start_says_why() -> None:
    with pytest.raises(FailedPrecondition, match='snapshotter "btrfs" does not work here: no btrfs here$'):
        check_snapshotter(engine_with("btrfs")[0])


@pytest.mark.parametrize(
    ("name", "eager", "unprepared"), [("overlayfs", 0, 0), ("soci", 0, 1), ("nydus", 1, 0), ("own", 0, 1)]
)
def test_only_what_is_remote_is_warned_of(name: str, eager: int, unprepared: int) -> None:
    engine, told = engine_with(name)
    warn_of_eagerness(engine)
    assert len(told) == eager
    warn_of_unprepared(engine)
    assert len(told) == eager + unprepared


def test_containerds_words_are_known() -> None:
    assert is_unprepared(
        InvalidArgument("unable to initialize unpacker: no unpack platforms defined: invalid")
    )
    assert not is_unprepared(InvalidArgument("something else"))
