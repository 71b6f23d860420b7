"""Which part of an image is pushed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.image.platforms import Part, Wants, choose_part
from nerdpy.image.read import ATTESTATION, INDEXES, SUBJECT
from nerdpy.model.descriptor import Descriptor, Digest, Platform
from nerdpy.model.records import ImageRecord
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run  # the fake listens on a socket
INDEX = sorted(INDEXES)[1]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ARM, INTEL = Platform(architecture="arm64"), Platform()


class Images:
    """Puts images into the fake's content."""

    def __init__(self, containerd: FakeContainerd) -> None:
        self.containerd = containerd

    def put(self, value: Any) -> str:
        return self.containerd.content.put("default", json.dumps(value).encode())

    def manifest(self, text: str, *, is_here: bool = True, layer_type: str = "layer") -> dict[str, Any]:
        """The entry of an image, whose layer may be missing."""
        layer = self.put(text) if is_here else f"sha256:{'0' * 64}"
        config = {"mediaType": "c", "digest": self.put({"config": text}), "size": 1}
        layers = [{"mediaType": layer_type, "digest": layer, "size": 1}]
        return {"mediaType": MANIFEST, "digest": self.put({"config": config, "layers": layers}), "size": 2}

    def index(self, *entries: dict[str, Any]) -> ImageRecord:
        digest = self.put({"mediaType": INDEX, "manifests": entries, "annotations": {"a": "b"}})
        return ImageRecord(name="i", target=Descriptor(media_type=INDEX, digest=Digest(digest), size=3))


def on(platform: Platform, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"platform": {"os": platform.os, "architecture": platform.architecture}}


def about(entry: dict[str, Any], statement: dict[str, Any]) -> dict[str, Any]:
    told = {ATTESTATION: "attestation-manifest", SUBJECT: entry["digest"]}
    return statement | {"annotations": told, "platform": {"os": "unknown", "architecture": "unknown"}}


@pytest.fixture
def containerd(tmp_path: Path) -> Iterator[FakeContainerd]:
    with FakeContainerd(tmp_path / "c.sock") as running:
        yield running


@pytest.fixture
def images(containerd: FakeContainerd) -> Images:
    return Images(containerd)


@pytest.fixture
def engine(containerd: FakeContainerd) -> Iterator[Engine]:
    engine = Engine(Config(address=containerd.address, namespace="default"))
    yield engine
    engine.containerd.close()


def test_what_is_here_as_a_whole_goes_as_a_whole(engine: Engine, images: Images) -> None:
    intel = on(INTEL, images.manifest("intel"))
    record = images.index(intel, on(ARM, images.manifest("arm")), about(intel, images.manifest("sbom")))
    assert choose_part(engine, record, Wants()) == Part(record.target)
    assert choose_part(engine, record, Wants(all_platforms=True)) == Part(record.target)


def test_one_platform_goes_as_its_own_manifest(engine: Engine, images: Images) -> None:
    intel = on(INTEL, images.manifest("intel"))
    record = images.index(intel, on(ARM, images.manifest("arm", is_here=False)))
    for part in (choose_part(engine, record, Wants()), choose_part(engine, record, Wants((INTEL,)))):
        assert part.target == Descriptor(media_type=MANIFEST, digest=intel["digest"], size=2)
        assert (part.index, part.kept) == (b"", (INTEL,))


def test_several_go_in_an_index_of_their_own_with_what_is_said_of_them(
    engine: Engine, images: Images
) -> None:
    intel, arm = on(INTEL, images.manifest("intel")), on(ARM, images.manifest("arm"))
    power = on(Platform(architecture="ppc64le"), images.manifest("power", is_here=False))
    said = [about(intel, images.manifest("a")), about(power, images.manifest("b"))]
    part = choose_part(engine, images.index(intel, power, arm, *said), Wants())
    index = json.loads(part.index)
    assert index == {"mediaType": INDEX, "manifests": [intel, arm, said[0]], "annotations": {"a": "b"}}
    assert part.target.size == len(part.index)
    assert part.children == (intel["digest"], arm["digest"], said[0]["digest"])
    assert part.kept == (INTEL, ARM)


def test_layers_from_elsewhere_need_not_be_here(engine: Engine, images: Images) -> None:
    foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    entry = images.manifest("windows", is_here=False, layer_type=foreign)
    record = ImageRecord(
        name="i", target=Descriptor(media_type=MANIFEST, digest=Digest(entry["digest"]), size=2)
    )
    assert choose_part(engine, record, Wants()) == Part(record.target)
    with pytest.raises(NotFound, match="000 is missing"):
        choose_part(engine, record, Wants(foreign_layers=True))


@pytest.mark.parametrize(
    ("platforms", "is_whole", "words", "hint"),
    [
        ((ARM,), False, "is not here for platform linux/arm64", "nerdpy pull --platform linux/arm64 i"),
        (
            (Platform(architecture="riscv64"),),
            False,
            "has no platform linux/riscv64",
            "linux/amd64, linux/arm64",
        ),
        ((), True, "is not here for platform linux/arm64", "nerdpy pull --all-platforms i"),
    ],
)
def test_what_is_missing_is_told(
    engine: Engine, images: Images, platforms: tuple[Platform, ...], is_whole: bool, words: str, hint: str
) -> None:
    arm = on(ARM, images.manifest("arm", is_here=False))
    record = images.index(on(INTEL, images.manifest("intel")), arm)
    with pytest.raises(NotFound) as refused:
        choose_part(engine, record, Wants(platforms, is_whole))
    assert words in refused.value.message
    assert hint in (refused.value.hint or "")


def test_an_image_of_which_nothing_is_here_is_not_pushed(engine: Engine, images: Images) -> None:
    record = images.index(on(ARM, images.manifest("arm", is_here=False)))
    with pytest.raises(NotFound, match="is not here for platform linux/arm64"):
        choose_part(engine, record, Wants())
