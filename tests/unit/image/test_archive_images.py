"""The names of the images of an archive."""

from datetime import date
from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_images import FULL_NAME, SHORT_NAME, images_of
from nerdpy.image.archive_intake import Intake

TODAY = date(2026, 1, 2)
DIGEST = "sha256:" + "1" * 64
OTHER = "sha256:" + "2" * 64


def intake(annotations: list[dict[str, str]], **more: Any) -> Intake:
    import json

    entries = [
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": DIGEST,
            "size": 1,
            "annotations": one,
        }
        for one in annotations
    ]
    texts = {"oci-layout": {"imageLayoutVersion": "1.0.0"}, "index.json": {"manifests": entries}} | more
    client: Any = None  # not asked for anything here
    return Intake(client, texts={name: json.dumps(value).encode() for name, value in texts.items()})


@pytest.mark.parametrize(
    ("annotations", "name"),
    [
        ({}, f"import-2026-01-02@{DIGEST}"),
        ({FULL_NAME: "docker.io/library/busybox:1"}, "docker.io/library/busybox:1"),
        ({FULL_NAME: "busybox"}, "docker.io/library/busybox:latest"),
        ({FULL_NAME: "ghcr.io/a/b:1", SHORT_NAME: "1"}, "ghcr.io/a/b:1"),
        ({SHORT_NAME: "v1"}, "docker.io/library/import-2026-01-02:v1"),
        ({SHORT_NAME: "a/b:v1"}, "docker.io/a/b:v1"),
        ({FULL_NAME: f"a/b@{DIGEST}"}, f"docker.io/a/b@{DIGEST}"),
    ],
)
def test_an_image_is_called_as_its_annotations_say(annotations: dict[str, str], name: str) -> None:
    (found,) = images_of(intake([annotations]), TODAY)
    assert found.names == (name,)
    assert found.target.annotations == {}


def test_one_image_may_have_several_names() -> None:
    (found,) = images_of(intake([{FULL_NAME: "a:1"}, {FULL_NAME: "b:1"}, {FULL_NAME: "a:1"}]), TODAY)
    assert found.names == ("docker.io/library/a:1", "docker.io/library/b:1")


@pytest.mark.parametrize("name", ["../../x", "UPPER:1", "a b", f"a@{OTHER}", "a:" + "x" * 200])
def test_a_name_that_is_none_or_lies_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgument):
        images_of(intake([{FULL_NAME: name}]), TODAY)


def test_an_archive_without_images_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="no image in it"):
        images_of(intake([]), TODAY)
    with pytest.raises(InvalidArgument, match="not of version 1"):
        images_of(intake([{}], **{"oci-layout": {"imageLayoutVersion": "2.0.0"}}), TODAY)
    client: Any = None
    with pytest.raises(InvalidArgument, match="no archive of images"):
        images_of(Intake(client), TODAY)
