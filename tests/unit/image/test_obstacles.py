"""What a pull that has gone silent looks at."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine, ignore
from nerdpy.image.obstacles import Obstacles
from nerdpy.image.watch import Watch
from nerdpy.model.descriptor import Digest
from nerdpy.model.reference import parse_reference
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run  # the fake listens on a socket
DIFFS = [f"sha256:{number * 64}" for number in "12"]
NOWHERE = f"sha256:{'0' * 64}"


@pytest.fixture
def containerd(tmp_path: Path) -> Iterator[FakeContainerd]:
    with FakeContainerd(tmp_path / "c.sock") as running:
        yield running


def obstacles(containerd: FakeContainerd, *manifests: str, snapshotter: str = "overlayfs") -> Obstacles:
    engine = Engine(Config(address=containerd.address, namespace="default", snapshotter=snapshotter))
    watch = Watch(ignore, "x:1", is_quiet=True)
    watch.manifests = tuple(map(Digest, manifests))
    return Obstacles(engine, engine.containerd, parse_reference("x:1"), watch)


def put(containerd: FakeContainerd, value: Any) -> str:
    return containerd.content.put("default", json.dumps(value).encode())


def manifest(containerd: FakeContainerd, *layers: str) -> str:
    config = put(containerd, {"rootfs": {"diff_ids": DIFFS[: len(layers)]}})
    described = [{"mediaType": "l", "digest": layer, "size": 1} for layer in layers]
    return put(containerd, {"config": {"digest": config}, "layers": described})


def test_silence_is_unpacking_when_every_layer_is_here(containerd: FakeContainerd) -> None:
    whole = manifest(containerd, put(containerd, "a"), put(containerd, "b"))
    assert obstacles(containerd, whole).is_all_here()


def test_silence_is_waiting_when_one_is_not(containerd: FakeContainerd) -> None:
    part = manifest(containerd, put(containerd, "a"), NOWHERE)
    assert not obstacles(containerd, part).is_all_here()
    assert not obstacles(containerd, NOWHERE).is_all_here()


def test_what_a_layer_unpacks_to_stands_for_it(containerd: FakeContainerd) -> None:
    known = obstacles(containerd, manifest(containerd, NOWHERE))
    snapshots = known.client.snapshots("overlayfs")
    snapshots.prepare("work", "")
    snapshots.commit(DIFFS[0], "work")
    assert known.is_all_here()


def test_a_snapshotter_that_fetches_by_itself_is_left_in_peace(containerd: FakeContainerd) -> None:
    assert obstacles(containerd, manifest(containerd, NOWHERE), snapshotter="soci").is_all_here()


def test_what_is_no_image_is_here_when_its_blobs_are(containerd: FakeContainerd) -> None:
    blob = {"mediaType": "l", "digest": put(containerd, "sbom"), "size": 1}
    attestation = put(containerd, {"config": {"digest": put(containerd, {})}, "layers": [blob]})
    assert obstacles(containerd, attestation).is_all_here()
