"""The client against a real containerd: what the fake can't promise."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from nerdpy.containerd.api.tasks_pb2 import WaitRequest
from nerdpy.containerd.client import Client
from nerdpy.containerd.tasks import SERVICE
from nerdpy.containerd.transfer_ends import RegistryAccess, StoreOptions, TransferProgress
from nerdpy.containerd.typeurl import runc_options
from nerdpy.errors import Cancelled, DeadlineExceeded, NerdpyError, NotFound, Unauthenticated, Unavailable
from nerdpy.model.descriptor import Platform
from nerdpy.model.records import ContainerdEvent, ContainerId, ContainerRecord
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.registry import PASSWORD, USER, Registry

NAMESPACE = "client-tests"
SNAPSHOTTER = "overlayfs"
SOON = timedelta(seconds=10)
HERE = StoreOptions(platforms=(Platform(),), snapshotter=SNAPSHOTTER)
SPEC: dict[str, Any] = {
    "ociVersion": "1.1.0",
    "process": {
        "user": {"uid": 0, "gid": 0},
        "args": ["sleep", "1000"],
        "env": ["PATH=/bin:/usr/bin"],
        "cwd": "/",
    },
    "root": {"path": "rootfs"},
    "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
    "linux": {"namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", "network")]},
}


@dataclass(frozen=True)
class Credential:
    username: str
    secret: str


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[Client]:
    """In a namespace of its own, empty again at the end."""
    client = Client.connect(engine.address, NAMESPACE)
    yield client
    for task in client.tasks.list():
        client.tasks.kill(task.id, signal.SIGKILL)
        client.tasks.wait(task.id).result(SOON)
        client.tasks.delete(task.id)
    for container in client.containers.list():
        client.containers.delete(container.id)
    for image in client.images.list():
        client.images.delete(image.name, synchronous=True)
    for snapshot in reversed(client.snapshots(SNAPSHOTTER).list()):
        if snapshot.kind != "committed":
            client.snapshots(SNAPSHOTTER).remove(snapshot.name)
    client.close()


@pytest.fixture
def busybox(client: Client, registry: Registry) -> str:
    """Pulled and unpacked."""
    reference = registry.reference("busybox:latest")
    client.transfer.pull(reference, access=RegistryAccess(plain_http=True), store=HERE)
    return reference


@pytest.fixture
def running(client: Client, busybox: str) -> str:
    """A container with a task that sleeps."""
    return start(client, "sleeper")


def start(client: Client, name: str) -> str:
    top = next(info.name for info in client.snapshots(SNAPSHOTTER).list() if info.kind == "committed")
    mounts = client.snapshots(SNAPSHOTTER).prepare(name, top)
    options = runc_options()
    client.containers.create(
        ContainerRecord(
            id=ContainerId(name),
            labels={"a": "1"},
            spec_json=json.dumps(SPEC | {"linux": SPEC["linux"] | {"cgroupsPath": f"/{name}"}}).encode(),
            snapshotter=SNAPSHOTTER,
            snapshot_key=name,
            runtime_options=options,
        )
    )
    client.tasks.create(name, mounts=mounts, runtime_options=options)
    client.tasks.start(name)
    return name


def test_a_pull_shows_its_progress_and_unpacks(client: Client, registry: Registry) -> None:
    seen: list[list[TransferProgress]] = []
    reference = registry.reference("busybox:latest")
    store = StoreOptions(platforms=(Platform(),), snapshotter=SNAPSHOTTER, labels={"k": "v"})
    client.transfer.pull(
        reference, access=RegistryAccess(plain_http=True), store=store, on_progress=seen.append
    )
    assert client.images.get(reference).labels["k"] == "v"
    assert [info for info in client.snapshots(SNAPSHOTTER).list() if info.kind == "committed"]
    layers = [blob for blob in seen[-1] if blob.name.startswith("layer-")]
    assert layers
    assert all(blob.digest and blob.total > 0 for blob in layers)


def test_a_registry_asks_for_credentials_on_the_way(client: Client, login_registry: Registry) -> None:
    asked: list[str] = []

    def keychain(host: str) -> Credential:
        asked.append(host)
        return Credential(USER, PASSWORD)

    reference = login_registry.reference("private/busybox:latest")
    client.transfer.pull(reference, access=RegistryAccess(plain_http=True, credentials=keychain))
    assert asked
    assert set(asked) == {login_registry.host}
    assert client.images.get(reference)


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_without_the_right_credentials_a_pull_is_unauthenticated(
    client: Client, login_registry: Registry, secret: str | None
) -> None:
    access = RegistryAccess(
        plain_http=True, credentials=lambda _: Credential(USER, secret) if secret else None
    )
    with pytest.raises(Unauthenticated) as caught:
        client.transfer.pull(login_registry.reference("private/busybox:latest"), access=access)
    assert "wrong" not in str(caught.value)


def test_a_keychain_that_fails_is_the_failure(client: Client, login_registry: Registry) -> None:
    def keychain(host: str) -> Credential:
        raise LookupError(host)

    with pytest.raises(LookupError):
        client.transfer.pull(
            login_registry.reference("private/busybox:latest"),
            access=RegistryAccess(plain_http=True, credentials=keychain),
        )


def test_an_image_that_is_not_there_is_not_found(client: Client, registry: Registry) -> None:
    with pytest.raises(NotFound):
        client.transfer.pull(registry.reference("no-such:1"), access=RegistryAccess(plain_http=True))
    with pytest.raises(Unavailable):
        client.transfer.pull("127.0.0.1:9/x:1", access=RegistryAccess(plain_http=True))


@pytest.fixture
def silent_registry() -> Iterator[socket.socket]:
    """Accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_an_interrupt_stops_a_pull_here_and_in_containerd(
    client: Client, silent_registry: socket.socket
) -> None:
    host = f"127.0.0.1:{silent_registry.getsockname()[1]}"
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        client.transfer.pull(f"{host}/x:1", access=RegistryAccess(plain_http=True))
    assert time.monotonic() - began < 3
    connection, _ = silent_registry.accept()
    connection.settimeout(5)
    while connection.recv(4096):
        pass  # until containerd has closed it


def test_a_pull_can_be_given_up_from_elsewhere(client: Client, silent_registry: socket.socket) -> None:
    host = f"127.0.0.1:{silent_registry.getsockname()[1]}"
    over = time.monotonic() + 0.3
    with pytest.raises(Cancelled):
        client.transfer.until(lambda: time.monotonic() > over).pull(
            f"{host}/x:1", access=RegistryAccess(plain_http=True)
        )


def test_images_are_tagged(client: Client, busybox: str) -> None:
    client.transfer.tag(busybox, "docker.io/library/copy:1")
    target = client.images.get(busybox).target
    assert client.images.get("docker.io/library/copy:1").target == target


def test_images_are_pushed_whole(client: Client, registry: Registry, login_registry: Registry) -> None:
    """A registry refuses an index without all its manifests, so every platform has to be there."""
    busybox = registry.reference("busybox:latest")
    client.transfer.pull(busybox, access=RegistryAccess(plain_http=True))
    access = RegistryAccess(plain_http=True, credentials=lambda _: Credential(USER, PASSWORD))
    pushed = login_registry.reference("pushed/by-client:1")
    client.transfer.push(busybox, pushed, access=access)
    client.transfer.pull(pushed, access=access, store=HERE)
    with pytest.raises(Unauthenticated):
        client.transfer.push(busybox, pushed, access=RegistryAccess(plain_http=True), store=HERE)


def test_a_task_runs_is_watched_and_ends(client: Client, running: str) -> None:
    status = client.tasks.get(running)
    assert (status.id, status.status, status.exec_id) == (running, "running", "")
    assert client.tasks.list() == [status]
    assert client.tasks.pids(running) == [status.pid]
    client.tasks.pause(running)
    assert client.tasks.get(running).status == "paused"
    client.tasks.resume(running)
    numbers = client.tasks.metrics(running)[running]
    assert numbers["cgroup_version"] in (1, 2)
    assert numbers["pids"]["current"] == 1
    waiting = client.tasks.wait(running)
    with pytest.raises(DeadlineExceeded):
        waiting.result(timedelta(milliseconds=100))
    client.tasks.kill(running, signal.SIGKILL)
    code, when = waiting.result(SOON)
    ended = client.tasks.delete(running)
    assert (code, when) == (137, ended.exited_at)
    assert ended.exit_code == 137


def test_an_interrupt_ends_waiting_but_not_the_task(client: Client, running: str) -> None:
    waiting = client.tasks.wait(running)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        waiting.result()
    assert client.tasks.get(running).status == "running"


def test_a_deadline_that_containerd_notices_first_is_one_too(client: Client, running: str) -> None:
    """Both clocks run; over some hundred calls each of them wins, and the shim's in between."""
    request = WaitRequest(container_id=running)

    def give_up(milliseconds: int) -> None:
        client.calls.within(timedelta(milliseconds=milliseconds)).send(SERVICE + "Wait", request)

    for number in range(200):
        with pytest.raises(DeadlineExceeded, match=r"containerd did not answer Tasks.Wait"):
            give_up(10 + number % 7)


def test_a_second_process_has_its_own_exit_code(client: Client, running: str) -> None:
    process = SPEC["process"] | {"args": ["sh", "-c", "exit 7"]}
    client.tasks.exec(running, "e1", process=process)
    waiting = client.tasks.wait(running, "e1")
    client.tasks.start(running, "e1")
    assert waiting.result(SOON)[0] == 7
    status = client.tasks.get(running, "e1")
    assert (status.id, status.exec_id, status.exit_code) == (running, "e1", 7)
    assert client.tasks.delete_process(running, "e1").exit_code == 7


def test_a_program_that_is_not_there_is_told_in_the_runtimes_words(client: Client, running: str) -> None:
    process = SPEC["process"] | {"args": ["/no/such"]}
    client.tasks.exec(running, "e2", process=process)
    with pytest.raises(NerdpyError, match="no such file or directory"):
        client.tasks.start(running, "e2")
    client.tasks.delete_process(running, "e2")


def test_labels_are_set_and_deleted_each_by_itself(client: Client, running: str) -> None:
    long_key = "nerdctl/some.dotted-key/x"
    client.containers.update(running, labels={long_key: "v", "a": None})
    record = client.containers.update(running, labels={"b": ""})
    assert record.labels[long_key] == "v"
    assert "a" not in record.labels
    assert record.spec["process"]["args"] == ["sleep", "1000"]
    assert client.containers.list(f'labels."{long_key}"==v') == [record]


def test_events_come_while_somebody_listens(client: Client, busybox: str) -> None:
    """containerd does not confirm a subscription, so it is told of one image after the other."""
    listened = threading.Event()

    def make_images() -> None:
        for number in range(200):
            if listened.wait(0.05):
                return
            client.transfer.tag(busybox, f"docker.io/library/event:{number}")

    with client.events.subscribe(f'topic=="/images/create",namespace=="{NAMESPACE}"') as subscription:
        giving_up = threading.Timer(30, subscription.cancel)
        giving_up.start()
        making = threading.Thread(target=make_images)
        making.start()
        event = next(subscription)
        listened.set()
        making.join()
        giving_up.cancel()
    assert (event.topic, event.namespace) == ("/images/create", NAMESPACE)
    assert event.payload["name"].startswith("docker.io/library/event:")


def listen_surely(client: Client, heard: list[ContainerdEvent]) -> None:
    """Return when events arrive: containerd does not say when it begins."""
    deadline = time.monotonic() + 30
    while not heard:
        assert time.monotonic() < deadline
        client.containers.create(ContainerRecord(id=ContainerId("warm"), labels={}, spec_json=b"{}"))
        client.containers.delete("warm")
        time.sleep(0.05)


def is_of_teller(event: ContainerdEvent) -> bool:
    return "teller" in {event.payload.get("id"), event.payload.get("container_id")}


def test_the_life_of_a_task_is_told_in_events(client: Client, busybox: str) -> None:
    heard: list[ContainerdEvent] = []
    subscription = client.events.subscribe(f'topic~="^/(tasks|containers)/.*",namespace=="{NAMESPACE}"')
    listening = threading.Thread(target=lambda: heard.extend(subscription))
    listening.start()
    listen_surely(client, heard)
    start(client, "teller")
    client.tasks.kill("teller", signal.SIGKILL)
    client.tasks.wait("teller").result(SOON)
    client.tasks.delete("teller")
    hear_of(heard, "/tasks/delete")  # it comes from the shim: the container's end would overtake it
    client.containers.delete("teller")
    hear_of(heard, "/containers/delete")
    subscription.cancel()
    listening.join(5)
    assert not listening.is_alive()
    told = [event for event in heard if is_of_teller(event)]
    assert [event.topic for event in told] == [
        "/containers/create",
        "/tasks/create",
        "/tasks/start",
        "/tasks/exit",
        "/tasks/delete",
        "/containers/delete",
    ]
    assert told[3].payload["exit_status"] == 137
    assert told[3].payload["exited_at"].tzinfo is not None


def hear_of(heard: list[ContainerdEvent], topic: str) -> None:
    """Wait until the teller's event of this topic has come."""
    deadline = time.monotonic() + 10
    while not any(event.topic == topic and is_of_teller(event) for event in list(heard)):
        assert time.monotonic() < deadline, topic
        time.sleep(0.02)


def test_a_lease_keeps_content_from_garbage_collection(client: Client) -> None:
    with client.leased() as leased:
        kept = leased.content.write("kept", b"kept by a lease")
        loose = client.leases.create("nothing")
        client.leases.delete(loose.id, synchronous=True)
        assert client.content.exists(kept)
    assert [lease.id for lease in client.leases.list()] == []
    loose = client.leases.create("nothing")
    client.leases.delete(loose.id, synchronous=True)
    assert not client.content.exists(kept)


def test_an_interrupted_write_can_be_begun_again(client: Client) -> None:
    def failing() -> Iterator[bytes]:
        yield b"x" * 5000
        raise OSError("gone")

    with client.leased() as leased:
        with pytest.raises(OSError, match="gone"):
            leased.content.write("again", failing(), size=6000)
        digest = leased.content.write("again", b"y" * 6000)
        assert leased.content.read(digest) == b"y" * 6000
        assert leased.content.write("again", b"y" * 6000, digest=digest) == digest
        assert leased.content.ingests() == []


def test_layers_are_made_and_applied(client: Client, busybox: str) -> None:
    snapshots = client.snapshots(SNAPSHOTTER)
    top = next(info.name for info in snapshots.list() if info.kind == "committed")
    with client.leased() as leased:
        lower = leased.snapshots(SNAPSHOTTER).view("lower", top)
        upper = leased.snapshots(SNAPSHOTTER).prepare("upper", top)
        layer = leased.diff.diff(lower, upper)
        assert layer.size > 0
        diff_id = leased.content.info(layer.digest).labels["containerd.io/uncompressed"]
        target = leased.snapshots(SNAPSHOTTER).prepare("target", "")
        assert leased.diff.apply(layer, target).digest == diff_id
        for key in ("lower", "upper", "target"):
            leased.snapshots(SNAPSHOTTER).remove(key)


def test_the_engine_tells_about_itself(client: Client) -> None:
    assert client.health.is_serving()
    assert client.version().version.lstrip("v")[0].isdigit()
    assert client.introspection.server().pid > 0
    snapshotters = client.introspection.plugins("type==io.containerd.snapshotter.v1")
    assert SNAPSHOTTER in {plugin.id for plugin in snapshotters if not plugin.error}
    assert client.introspection.runtime()["features"]["ociVersionMax"]


def test_namespaces_are_made_and_removed(client: Client) -> None:
    client.namespaces.create("short-lived", {"a": "b"})
    assert client.namespaces.get("short-lived").labels == {"a": "b"}
    client.namespaces.delete("short-lived")
    with pytest.raises(NotFound):
        client.namespaces.get("short-lived")


def test_a_listing_of_many_containers_is_one_quick_call(client: Client) -> None:
    spec = json.dumps(SPEC | {"annotations": {"padding": "x" * 20_000}}).encode()
    for number in range(200):
        client.containers.create(ContainerRecord(id=ContainerId(f"many-{number}"), labels={}, spec_json=spec))
    began = time.monotonic()
    assert len(client.containers.list()) == 200
    assert time.monotonic() - began < 1
