"""One manifest of a list, and the list that several make."""

import json
from typing import Any

import pytest

from nerdpy.errors import FailedPrecondition, InvalidArgument, Unavailable
from nerdpy.manifest.entry import (
    DOCKER_LIST,
    OCI_INDEX,
    OCI_MANIFEST,
    Entry,
    checked_for_push,
    is_list,
    list_json,
    parse_json,
    platform_of,
    refuse_old_schema,
)
from nerdpy.model.descriptor import Digest
from nerdpy.registry.client import DOCKER_MANIFEST

CONFIG = "sha256:" + "c" * 64
LAYER = "sha256:" + "1" * 64


def entry(
    data: Any = None, *, media_type: str = OCI_MANIFEST, platform: dict[str, Any] | None = None
) -> Entry:
    return Entry(
        reference="r.example/a:1",
        media_type=media_type,
        digest=Digest("sha256:" + "a" * 64),
        platform={"os": "linux", "architecture": "arm64"} if platform is None else platform,
        data=data if isinstance(data, bytes) else json.dumps(data or {}).encode(),
    )


def test_an_entry_comes_back_from_its_file_as_it_was() -> None:
    one = entry(b"\x00\xff", platform={"os": "windows", "architecture": "amd64", "os.features": ["win32k"]})
    assert Entry.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_a_descriptor_has_what_is_known_of_the_platform_in_order() -> None:
    platform = {"variant": "v8", "os": "linux", "odd": 1, "architecture": "arm64", "os.version": ""}
    shown = entry(b"12345", platform=platform).descriptor
    assert shown["size"] == 5
    assert list(shown["platform"].items()) == [
        ("architecture", "arm64"),
        ("os", "linux"),
        ("variant", "v8"),
    ]
    assert "platform" not in entry(platform={}).descriptor


def test_blobs_are_config_and_layers_without_foreign_ones() -> None:
    layers = [{"digest": LAYER, "size": 1}, {"digest": CONFIG, "size": 1, "urls": ["https://x"]}]
    blobs = entry({"config": {"digest": CONFIG, "size": 2}, "layers": layers}).blobs
    assert [blob.digest for blob in blobs] == [CONFIG, LAYER]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"config": {"digest": "../../x", "size": 1}},
        {"config": {"size": 1}},
        {"config": {"digest": CONFIG, "size": -1}},
        {"config": {"digest": CONFIG, "size": "many"}},
        {"config": 5},
        {"layers": [5]},
        b"<html>",
    ],
)
def test_a_malformed_manifest_has_no_blobs(value: Any) -> None:
    with pytest.raises(Unavailable):
        _ = entry(value).blobs


def test_a_list_is_of_the_kind_that_its_manifests_are() -> None:
    assert list_json([entry()])["mediaType"] == OCI_INDEX
    assert list_json([entry(), entry(media_type=DOCKER_MANIFEST)])["mediaType"] == DOCKER_LIST
    assert list_json([entry()])["manifests"] == [entry().descriptor]


@pytest.mark.parametrize(
    ("media_type", "value", "is_one"),
    [
        (OCI_INDEX, {}, True),
        (DOCKER_LIST, {"manifests": []}, True),
        ("", {"manifests": []}, True),
        ("application/json", {"mediaType": DOCKER_LIST}, True),
        (OCI_MANIFEST, {"layers": []}, False),
        (OCI_INDEX, {"mediaType": OCI_MANIFEST}, False),
        ("", {}, False),
    ],
)
def test_lists_are_told_from_images(media_type: str, value: dict[str, Any], is_one: bool) -> None:
    assert is_list(media_type, value) is is_one


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_object_is_no_manifest(data: bytes) -> None:
    with pytest.raises(Unavailable, match="is no manifest"):
        parse_json(data, "a:1")


def test_only_what_can_be_chosen_by_platform_is_pushed() -> None:
    assert checked_for_push(entry()) == entry()
    for platform in ({}, {"os": "linux"}, {"architecture": "arm64"}):
        with pytest.raises(FailedPrecondition, match="must have an OS and Architecture"):
            checked_for_push(entry(platform=platform))


def test_a_config_says_the_platform() -> None:
    config = {"os": "linux", "architecture": "arm", "variant": "v7", "config": {}, "os.version": ""}
    assert platform_of(config) == {"os": "linux", "architecture": "arm", "variant": "v7"}


@pytest.mark.parametrize(
    ("media_type", "value"),
    [
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", {}),
        ("application/json", {"schemaVersion": 1}),
    ],
)
def test_schema_1_is_refused_with_a_way_out(media_type: str, value: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match="schema 1") as refused:
        refuse_old_schema(media_type, value, "a:1")
    assert "skopeo" in (refused.value.hint or "")
