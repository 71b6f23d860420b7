"""Manifest lists: made, annotated, shown, pushed; skopeo and containerd read what was pushed."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.recorder import Recorder, Reply, Seen
from tests.integration.support.registry import PASSWORD, USER, Registry

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


@pytest.fixture(autouse=True)
def own_lists(cli: Cli) -> Path:
    """Lists belong to a data root: each test has its own."""
    cli.environment["NERDPY_DATA_ROOT"] = str(cli.folder / "data")
    return cli.folder / "data" / "manifests"


@pytest.fixture
def amd64(cli: Cli, registry: Registry) -> str:
    """The manifest of busybox for one platform."""
    shown = cli.ok("manifest", "inspect", registry.reference("busybox:latest")).json
    digests = {one["platform"]["architecture"]: one["digest"] for one in shown["manifests"]}
    return registry.reference(f"busybox@{digests['amd64']}")


def raw(name: str, *flags: str) -> bytes:
    done = subprocess.run(
        ["skopeo", "inspect", "--raw", "--tls-verify=false", *flags, f"docker://{name}"],
        capture_output=True,
        check=True,
    )
    return done.stdout


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def platforms(value: Any) -> list[dict[str, str]]:
    return [one["platform"] for one in value["manifests"]]


def test_a_list_of_other_repositories_is_pushed_with_what_it_names(
    cli: Cli, registry: Registry, amd64: str
) -> None:
    name, other = registry.reference("made/list:1"), registry.reference("odd:user")
    made = cli.ok("manifest", "create", name, amd64, other)
    assert made.out == f"Created manifest list {name}\n"
    cli.ok("manifest", "annotate", name, other, "--os", "linux", "--arch", "arm64", "--variant", "v9")
    pushed = cli.ok("manifest", "push", name)
    stored = raw(name)
    assert pushed.lines[-1] == digest_of(stored) == registry.digest("made/list", "1")
    assert len([line for line in pushed.lines if line.startswith("Pushed ref ")]) == 2
    value = json.loads(stored)
    assert value["mediaType"] == OCI_INDEX
    assert platforms(value) == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux", "variant": "v9"},
    ]
    folder = cli.folder / "copied"
    copied = subprocess.run(
        ["skopeo", "copy", "--all", "--src-tls-verify=false", f"docker://{name}", f"dir:{folder}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert copied.returncode == 0, copied.stderr
    assert "&from=busybox" in registry.log
    cli.ok("pull", "-q", name)
    again = cli.ok("manifest", "push", "--purge", name)
    assert again.lines == [digest_of(stored)]
    assert cli("manifest", "push", name).code == 1


def test_a_list_within_a_repository_is_pushed_alone(cli: Cli, registry: Registry, amd64: str) -> None:
    name = registry.reference("busybox:own-list")
    cli.ok("manifest", "create", name, amd64)
    assert cli.ok("manifest", "push", name).line == digest_of(raw(name))


def test_docker_s_images_make_docker_s_list(cli: Cli, registry: Registry) -> None:
    name = registry.reference("odd:docker-list")
    cli.ok("manifest", "create", name, registry.reference("odd:schema2"))
    cli.ok("manifest", "push", "-p", name)
    value = json.loads(raw(name))
    assert value["mediaType"] == DOCKER_LIST
    assert platforms(value) == [{"architecture": "amd64", "os": "linux"}]


def test_a_list_is_shown_as_it_will_be_pushed(cli: Cli, registry: Registry, amd64: str) -> None:
    name = registry.reference("made/shown:1")
    cli.ok("manifest", "create", name, amd64)
    local = cli.ok("manifest", "inspect", name).out
    cli.ok("manifest", "push", "--purge", name)
    assert cli.ok("manifest", "inspect", name).out == local == raw(name).decode() + "\n"


def test_an_image_is_shown_byte_by_byte_and_in_detail(cli: Cli, registry: Registry) -> None:
    name = registry.reference("odd:schema2")
    stored = raw(name)
    assert cli.ok("manifest", "inspect", name).json == json.loads(stored)
    shown = cli.ok("manifest", "inspect", "--verbose", name).json
    assert base64.b64decode(shown["Raw"]) == stored
    assert shown["SchemaV2Manifest"] == json.loads(stored)
    assert shown["Ref"] == name
    assert shown["Descriptor"] == {
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "digest": digest_of(stored),
        "size": len(stored),
        "platform": {"architecture": "amd64", "os": "linux"},
    }


def test_a_list_is_shown_in_detail_manifest_by_manifest(cli: Cli, registry: Registry, amd64: str) -> None:
    shown = cli.ok("manifest", "inspect", "-v", registry.reference("busybox:latest")).json
    assert amd64 in [one["Ref"] for one in shown]
    assert all("OCIManifest" in one and one["Descriptor"]["platform"]["os"] == "linux" for one in shown)
    name = registry.reference("made/detail:1")
    cli.ok("manifest", "create", name, amd64)
    assert [one["Ref"] for one in cli.ok("manifest", "inspect", "-v", name).json] == [amd64]
    member = cli.ok("manifest", "inspect", name, amd64).json
    assert member == json.loads(raw(amd64))


def test_a_list_is_amended_when_that_is_meant(cli: Cli, registry: Registry, amd64: str) -> None:
    name, other = registry.reference("made/amended:1"), registry.reference("odd:user")
    cli.ok("manifest", "create", name, amd64)
    refused = cli("manifest", "create", name, other)
    assert refused.code == 1
    assert "refusing to amend an existing manifest list with no --amend flag" in refused.err
    cli.ok("manifest", "create", "--amend", name, other)
    assert len(cli.ok("manifest", "inspect", name).json["manifests"]) == 2


def test_lists_are_removed(cli: Cli, registry: Registry, amd64: str, own_lists: Path) -> None:
    names = [registry.reference(f"made/gone:{number}") for number in (1, 2)]
    for name in names:
        cli.ok("manifest", "create", name, amd64)
    assert len(list(own_lists.glob("*.json"))) == 2
    refused = cli("manifest", "rm", registry.reference("made/never:1"), *names)
    assert refused.code == 1
    assert "no such manifest: " in refused.err
    assert list(own_lists.glob("*.json")) == []


def test_nothing_is_kept_of_a_list_that_cannot_be_made(
    cli: Cli, registry: Registry, amd64: str, own_lists: Path
) -> None:
    name = registry.reference("made/broken:1")
    refused = cli("manifest", "create", name, amd64, registry.reference("busybox:nope"))
    assert refused.code == 1
    assert 'has no manifest of "busybox:nope"' in refused.err
    assert not list(own_lists.glob("*.json"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["create", "{}/l:1", "{}/busybox"], "busybox:latest is a manifest list"),
        (["create", "{}/l@sha256:" + "a" * 64, "{}/busybox"], "has a digest"),
        (["annotate", "{}/l:1", "{}/busybox"], "no such manifest: 127.0.0.1:5000/l:1"),
        (["inspect", "{}/l:1"], 'has no manifest of "l:1"'),
        (["inspect", "{}/l:1", "{}/busybox"], "no such manifest: 127.0.0.1:5000/l:1"),
        (["inspect", "a", "b", "c"], "takes one or two names, not 3"),
        (["push", "{}/l:1"], "no such manifest: 127.0.0.1:5000/l:1"),
        (["rm", "{}/l:1"], "no such manifest: 127.0.0.1:5000/l:1"),
        (["inspect", "{}/UPPER"], "must be lowercase"),
    ],
)
def test_what_is_not_there_is_said(cli: Cli, registry: Registry, words: list[str], message: str) -> None:
    refused = cli("manifest", *[word.format(registry.host) for word in words])
    assert refused.code != 0
    assert message in refused.err


def test_annotations_that_mean_nothing_are_refused(cli: Cli, registry: Registry, amd64: str) -> None:
    name = registry.reference("made/odd:1")
    cli.ok("manifest", "create", name, amd64)
    refused = cli("manifest", "annotate", name, amd64, "--os", "dos")
    assert refused.code == 1
    assert "unsupported os/arch combination: dos/amd64" in refused.err
    refused = cli("manifest", "annotate", name, registry.reference("odd:user"), "--os", "linux")
    assert f"manifest for image {registry.reference('odd:user')} does not exist in {name}" in refused.err


def test_images_of_another_registry_cannot_be_pushed(
    cli: Cli, registry: Registry, tls_registry: Registry, amd64: str
) -> None:
    name = tls_registry.reference("made/list:1")
    cli.ok("manifest", "create", name, amd64)
    refused = cli("manifest", "push", name)
    assert refused.code == 1
    assert f"{registry.host} != {tls_registry.host}" in refused.err


def test_a_login_is_used(cli: Cli, login_registry: Registry) -> None:
    source, name = login_registry.reference("private/busybox"), login_registry.reference("made/private:1")
    refused = cli("manifest", "inspect", source)
    assert refused.code == 1
    assert f"hint: `nerdpy login {login_registry.host}`" in refused.err
    cli.ok("login", "-u", USER, "--password-stdin", login_registry.host, stdin=PASSWORD)
    digest = next(
        one["digest"]
        for one in cli.ok("manifest", "inspect", source).json["manifests"]
        if one["platform"]["architecture"] == "amd64"
    )
    cli.ok("manifest", "create", name, f"{source}@{digest}")
    pushed = cli.ok("manifest", "push", name).lines[-1]
    assert pushed == digest_of(raw(name, f"--creds={USER}:{PASSWORD}"))


def test_a_blob_is_copied_where_it_cannot_be_mounted(cli: Cli) -> None:
    shelf = Shelf()
    with Recorder(shelf) as server:
        name = f"{server.host}/target:1"
        cli.ok("manifest", "create", name, f"{server.host}/source:1")
        cli.ok("manifest", "push", name)
    assert shelf.stored["/v2/target/blobs/" + digest_of(shelf.layer)] == shelf.layer
    assert shelf.stored["/v2/target/blobs/" + digest_of(shelf.config)] == shelf.config
    assert json.loads(shelf.stored["/v2/target/manifests/1"])["manifests"][0]["digest"] == digest_of(
        shelf.manifest
    )


def test_a_registry_that_lies_is_found_out(cli: Cli) -> None:
    shelf = Shelf()
    shelf.stored["/v2/source/blobs/" + digest_of(shelf.config)] = b'{"os": "evil"}'
    with Recorder(shelf) as server:
        refused = cli("manifest", "create", f"{server.host}/target:1", f"{server.host}/source:1")
        assert refused.code == 1
        assert f"instead of {digest_of(shelf.config)}" in refused.err


class Shelf:
    """A registry with one image, which mounts nothing."""

    def __init__(self) -> None:
        self.layer = b"layer" * 100_000
        self.config = b'{"os": "linux", "architecture": "amd64"}'
        layer = {"digest": digest_of(self.layer), "size": len(self.layer)}
        config = {"digest": digest_of(self.config), "size": len(self.config)}
        kind = "application/vnd.oci.image.manifest.v1+json"
        self.manifest = json.dumps(
            {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]}
        ).encode()
        self.stored = {
            "/v2/source/manifests/1": self.manifest,
            "/v2/source/blobs/" + digest_of(self.config): self.config,
            "/v2/source/blobs/" + digest_of(self.layer): self.layer,
        }

    def __call__(self, seen: Seen) -> Reply:
        path, _, query = seen.path.partition("?")
        if seen.method == "POST":
            return 202, {"Location": "/v2/target/blobs/uploads/1?state=x"}, b""
        if seen.method == "PUT":
            digest = query.rpartition("digest=")[2]
            self.stored[f"/v2/target/blobs/{digest}" if digest else path] = seen.body
            return 201, {}, b""
        data = self.stored.get(path)
        return (200, {}, data) if data is not None else (404, {}, b"")
