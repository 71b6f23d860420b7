"""Manifests and lists from a registry."""

import hashlib
import json
from typing import Any

import pytest

from nerdpy.config import Config
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.manifest.entry import OCI_INDEX, OCI_MANIFEST
from nerdpy.manifest.fetch import Registries
from nerdpy.model.reference import parse_reference
from nerdpy.registry import connection
from nerdpy.registry.transport import Request
from tests.unit.registry.answers import Recorded, Reply

Shelf = dict[str, tuple[str, bytes]]


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def filled() -> Shelf:
    """A registry with one image and a list of it."""
    config = json.dumps({"os": "linux", "architecture": "arm", "variant": "v7"}).encode()
    manifest = json.dumps(
        {"mediaType": OCI_MANIFEST, "config": {"digest": digest(config), "size": 1}}
    ).encode()
    member = {"digest": digest(manifest), "platform": {"os": "linux", "architecture": "386"}}
    index = json.dumps({"mediaType": OCI_INDEX, "manifests": [member]}).encode()
    return {
        "manifests/image": (OCI_MANIFEST, manifest),
        f"manifests/{digest(manifest)}": (OCI_MANIFEST, manifest),
        "manifests/list": (OCI_INDEX, index),
        f"blobs/{digest(config)}": ("", config),
        "manifests/chart": (
            OCI_MANIFEST,
            json.dumps({"config": {"digest": digest(b"name: chart"), "size": 1}, "layers": []}).encode(),
        ),
        f"blobs/{digest(b'name: chart')}": ("", b"name: chart"),
        "manifests/broken": (OCI_INDEX, json.dumps({"manifests": [{"digest": "../x"}]}).encode()),
    }


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Registries:
    shelf = filled()

    def reply(request: Request) -> Reply:
        kind, data = shelf.get(request.url.partition("/v2/team/thing/")[2], ("", b""))
        return (200, {"Content-Type": kind}, data) if data else (404, {}, b"")

    monkeypatch.setattr(connection, "Transport", lambda: Recorded(reply))
    return Registries(Config(hosts_dir=(), docker_config=str(tmp_path)))


def fetched(registries: Registries, tag: str) -> Any:
    return registries.fetch(parse_reference(f"r.example/team/thing:{tag}"))


def test_an_image_s_platform_is_that_of_its_config(registries: Registries) -> None:
    entry = registries.entry(fetched(registries, "image"))
    assert entry.reference == "r.example/team/thing:image"
    assert entry.platform == {"os": "linux", "architecture": "arm", "variant": "v7"}


def test_a_list_says_the_platforms_of_its_manifests(registries: Registries) -> None:
    (entry,) = registries.entries(fetched(registries, "list"))
    assert entry.reference == f"r.example/team/thing@{entry.digest}"
    assert entry.platform == {"os": "linux", "architecture": "386"}


def test_a_list_is_no_manifest_of_an_image(registries: Registries) -> None:
    with pytest.raises(FailedPrecondition, match="thing:list is a manifest list"):
        registries.entry(fetched(registries, "list"))


def test_a_malformed_list_is_refused(registries: Registries) -> None:
    with pytest.raises(InvalidArgument, match="malformed"):
        registries.entries(fetched(registries, "broken"))


def test_a_registry_is_connected_to_once(registries: Registries) -> None:
    assert registries.connection("r.example") is registries.connection("r.example")


def test_what_is_no_image_has_no_platform(registries: Registries) -> None:
    assert registries.entry(fetched(registries, "chart")).platform == {}
