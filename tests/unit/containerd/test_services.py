"""The adaptors of records: what goes in comes out, in nerdpy's own values."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from nerdpy.containerd.client import Client
from nerdpy.containerd.leases import LeaseResource
from nerdpy.containerd.typeurl import SPEC, read_runc_options, restoring, runc_options
from nerdpy.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.model.records import ContainerId, ContainerRecord, ImageRecord, SnapshotMount
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run
DIGEST = "sha256:" + "a" * 64


def container(container_id: str = "c1", **labels: str) -> ContainerRecord:
    return ContainerRecord(
        id=ContainerId(container_id),
        labels=labels,
        image="docker.io/library/busybox:latest",
        runtime_options=runc_options("crun", systemd_cgroup=True),
        spec_json=b'{"ociVersion":"1.1.0"}',
        snapshotter="overlayfs",
        snapshot_key=container_id,
    )


def image(name: str = "docker.io/library/busybox:latest") -> ImageRecord:
    target = Descriptor(media_type="application/vnd.oci.image.index.v1+json", digest=Digest(DIGEST), size=7)
    return ImageRecord(name=name, target=target, labels={"a": "b"})


def test_a_container_comes_back_as_it_was_made(containerd: FakeContainerd, client: Client) -> None:
    made = client.containers.create(container("c1", a="1"))
    assert client.containers.get("c1") == made
    assert made.spec == {"ociVersion": "1.1.0"}
    assert read_runc_options(made.runtime_options) == ("crun", True)
    assert made.created_at is not None
    assert made.created_at.tzinfo is UTC
    assert made.updated_at is None
    assert containerd.containers.rows["default", "c1"].spec.type_url == SPEC


def test_containers_are_listed_by_filter(client: Client) -> None:
    client.containers.create(container("c1", a="1"))
    client.containers.create(container("c2", a="2"))
    assert [found.id for found in client.containers.list('labels."a"==2')] == ["c2"]
    assert len(client.containers.list()) == 2
    assert client.in_namespace("other").containers.list() == []


def test_updating_labels_leaves_the_others_alone(containerd: FakeContainerd, client: Client) -> None:
    client.containers.create(container("c1", **{"a": "1", "b": "2", "nerdctl/name": "x.y"}))
    updated = client.containers.update("c1", labels={"a": "9", "b": None, "new.key/x": "n"})
    assert updated.labels == {"a": "9", "nerdctl/name": "x.y", "new.key/x": "n"}
    assert updated.spec_json == b'{"ociVersion":"1.1.0"}'
    mask = containerd.called("Containers.Update")[0].request.update_mask
    assert list(mask.paths) == ["labels.a", "labels.b", "labels.new.key/x"]


def test_updating_spec_and_image_names_only_them(containerd: FakeContainerd, client: Client) -> None:
    client.containers.create(container())
    updated = client.containers.update("c1", spec_json=b"{}", image="other:1")
    assert (updated.spec, updated.image, updated.snapshotter) == ({}, "other:1", "overlayfs")


def test_a_second_container_of_one_id_is_refused(client: Client) -> None:
    client.containers.create(container())
    with pytest.raises(AlreadyExists):
        client.containers.create(container())
    client.containers.delete("c1")
    with pytest.raises(NotFound, match='container "c1"'):
        client.containers.delete("c1")


def test_an_image_comes_back_as_it_was_made(client: Client) -> None:
    made = client.images.create(image())
    assert client.images.get(made.name) == made
    assert made.target == image().target
    assert [found.name for found in client.images.list(f"target.digest=={DIGEST}")] == [made.name]


def test_updating_an_image_names_its_fields(containerd: FakeContainerd, client: Client) -> None:
    client.images.create(image())
    changed = ImageRecord(name=image().name, target=image().target, labels={"c": "d"})
    assert client.images.update(changed, "labels").labels == {"c": "d"}
    assert list(containerd.called("Images.Update")[0].request.update_mask.paths) == ["labels"]


def test_an_image_that_was_moved_meanwhile_is_not_deleted(client: Client) -> None:
    client.images.create(image())
    with pytest.raises(NotFound):
        client.images.delete(image().name, target_digest="sha256:" + "b" * 64)
    client.images.delete(image().name, target_digest=image().target, synchronous=True)
    assert client.images.list() == []


def test_content_is_written_read_and_labelled(client: Client) -> None:
    data = b"hello world" * 200_000
    digest = client.content.write("ref", data, labels={"a": "1", "b": "2"})
    assert digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert client.content.read(digest) == data
    assert client.content.read(digest, offset=6, size=5) == b"world"
    info = client.content.update_labels(digest, {"a": None, "c": "3"})
    assert (info.size, info.labels) == (len(data), {"b": "2", "c": "3"})
    assert [found.digest for found in client.content.list()] == [digest]
    assert client.content.exists(digest)
    client.content.delete(digest)
    assert not client.content.exists(digest)


def test_content_comes_from_an_iterator_too(client: Client) -> None:
    pieces = (bytes([number]) * 700_000 for number in range(5))
    digest = client.content.write("ref", pieces, size=3_500_000)
    assert client.content.info(digest).size == 3_500_000


def test_writing_what_is_there_already_is_no_failure(client: Client) -> None:
    digest = client.content.write("ref", b"x")
    assert client.content.write("ref", b"x", digest=digest, labels={"l": "1"}) == digest
    assert client.content.info(digest).labels == {"l": "1"}


def test_content_of_another_digest_is_refused(client: Client) -> None:
    with pytest.raises(FailedPrecondition):
        client.content.write("ref", b"x", digest=DIGEST)


def test_a_source_that_fails_is_the_failure(client: Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        client.content.write("ref", pieces())
    assert list(client.content.list()) == []


def test_snapshots_are_prepared_committed_and_removed(client: Client) -> None:
    snapshots = client.snapshots("overlayfs")
    assert snapshots.prepare("k", "", {"a": "b"}) == (SnapshotMount("bind", "/snapshots/k", ("rw", "rbind")),)
    assert snapshots.mounts("k") == (SnapshotMount("bind", "/snapshots/k", ("rw", "rbind")),)
    assert (snapshots.stat("k").kind, snapshots.stat("k").labels) == ("active", {"a": "b"})
    snapshots.commit("layer", "k")
    assert snapshots.view("v", "layer")[0].options == ("ro", "rbind")
    assert {info.name: info.kind for info in snapshots.list()} == {"layer": "committed", "v": "view"}
    assert snapshots.update_labels("v", {"x": "y"}).labels == {"x": "y"}
    assert snapshots.usage("v") == (4096, 1)
    with pytest.raises(FailedPrecondition):
        snapshots.remove("layer")
    snapshots.remove("v")
    assert not snapshots.exists("v")
    assert client.snapshots("native").list() == []


def test_a_lease_holds_resources(client: Client) -> None:
    lease = client.leases.create("mine", labels={"a": "b"})
    assert (lease.id, lease.labels) == ("mine", {"a": "b"})
    resource = LeaseResource(DIGEST, "content")
    client.leases.add_resource("mine", resource)
    assert client.leases.resources("mine") == [resource]
    client.leases.delete_resource("mine", resource)
    client.leases.delete("mine", synchronous=True)
    assert client.leases.list() == []


def test_namespaces_have_labels(client: Client) -> None:
    client.namespaces.create("n", {"a": "1"})
    assert client.namespaces.update("n", {"a": None, "b": "2"}).labels == {"b": "2"}
    assert [(found.name, found.labels) for found in client.namespaces.list()] == [("n", {"b": "2"})]
    client.namespaces.delete("n")
    with pytest.raises(NotFound):
        client.namespaces.get("n")


def test_the_server_tells_its_version_and_health(containerd: FakeContainerd, client: Client) -> None:
    assert client.version().version == "v2.1.9"
    assert client.introspection.server().uuid == "fake"
    assert client.health.is_serving()
    containerd.refuse("Health.Check", "UNAVAILABLE")
    assert not client.health.is_serving()


def test_times_are_aware_and_never_is_none(containerd: FakeContainerd, client: Client) -> None:
    client.containers.create(container())
    row = containerd.containers.rows["default", "c1"]
    row.created_at.seconds, row.created_at.nanos = 1893553445, 678_000_000
    row.updated_at.seconds = -62135596800
    record = client.containers.get("c1")
    assert record.created_at == datetime(2030, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert record.updated_at is None


def test_a_restored_task_has_the_containers_options_and_the_images() -> None:
    from nerdpy.containerd.api.runc_options_pb2 import Options

    name, value = restoring(runc_options("crun", systemd_cgroup=True), "/images")
    options = Options.FromString(value)
    assert (name, options.binary_name, options.systemd_cgroup) == ("containerd.runc.v1.Options", "crun", True)
    assert options.criu_image_path == "/images"
    assert Options.FromString(restoring(None, "/images")[1]).criu_image_path == "/images"
    with pytest.raises(InvalidArgument, match="runc shim"):
        restoring(("runsc.options", b""), "/images")
