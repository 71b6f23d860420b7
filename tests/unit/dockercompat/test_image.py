"""docker's JSON of an image."""

from datetime import UTC, datetime

from nerdpy.dockercompat.image import ImageFacts, ImageRow, image_object
from nerdpy.dockercompat.row import public_values

FACTS = ImageFacts(
    image_id="sha256:1",
    tags=["a:1"],
    digests=["a@sha256:2"],
    config={
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-01-02T03:04:05Z",
        "config": {"Env": ["A=1"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:3"]},
        "history": [{"comment": "first"}, {"comment": "last"}],
    },
    descriptor={"digest": "sha256:2"},
    size=7,
    tagged_at=datetime(2024, 5, 6, tzinfo=UTC),
)


def test_an_image_has_docker_s_keys() -> None:
    shown = image_object(FACTS)
    assert shown["Id"] == "sha256:1"
    assert shown["Comment"] == "last"
    assert shown["Config"] == {"Env": ["A=1"]}
    assert shown["RootFS"] == {"Type": "layers", "Layers": ["sha256:3"]}
    assert shown["Metadata"]["LastTagTime"].startswith("2024-05-06T00:00:00")
    assert shown["Size"] == shown["VirtualSize"] == 7


def test_an_almost_empty_config_is_shown() -> None:
    bare = ImageFacts(
        image_id="", tags=[], digests=[], config={"history": None}, descriptor={}, size=0, tagged_at=None
    )
    assert image_object(bare)["RootFS"]["Layers"] == []


def test_a_row_has_docker_s_fields() -> None:
    fields = set(public_values(ImageRow(ID="1", Image="a:1")))
    docker = "ID Repository Tag Digest CreatedSince CreatedAt Size Containers SharedSize UniqueSize"
    assert set(docker.split()) <= fields
