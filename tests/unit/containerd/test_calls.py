"""Headers, deadlines, interrupts and threads: what is the same for every call."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest

from nerdpy.containerd.client import Client
from nerdpy.errors import DeadlineExceeded, FailedPrecondition
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run


def test_every_call_names_its_namespace(containerd: FakeContainerd, client: Client) -> None:
    client.containers.list()
    client.in_namespace("k8s.io").tasks.list()
    assert containerd.headers("Containers.List")["containerd-namespace"] == "default"
    assert containerd.headers("Tasks.List")["containerd-namespace"] == "k8s.io"
    assert client.in_namespace("k8s.io").namespace == "k8s.io"


def test_a_leased_client_names_its_lease_and_gives_it_back(
    containerd: FakeContainerd, client: Client
) -> None:
    with client.leased(expires_in=timedelta(hours=1)) as leased:
        leased.images.list()
        (lease,) = client.leases.list()
        assert containerd.headers("Images.List")["containerd-lease"] == lease.id
        assert lease.labels["containerd.io/gc.expire"].endswith("Z")
        with leased.leased() as again:
            assert again is leased
    assert client.leases.list() == []
    client.images.list()
    assert "containerd-lease" not in containerd.headers("Images.List")


def test_a_lease_is_given_back_after_a_failure(client: Client) -> None:
    def fail() -> None:
        with client.leased():
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert client.leases.list() == []


def test_a_lease_that_somebody_took_away_is_no_failure(client: Client) -> None:
    with client.leased() as leased:
        client.leases.delete(leased.calls.lease)


def test_a_call_without_answer_ends_at_its_deadline(containerd: FakeContainerd, client: Client) -> None:
    containerd.hang("Tasks.List")
    with pytest.raises(DeadlineExceeded, match=r"did not answer Tasks.List within 0.2s"):
        client.within(timedelta(milliseconds=200)).tasks.list()


def test_an_interrupt_ends_a_blocking_call_and_tells_containerd(
    containerd: FakeContainerd, client: Client
) -> None:
    client.version()
    release = containerd.hang("Containers.List")
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        client.containers.list()
    assert time.monotonic() - began < 1
    (call,) = containerd.called("Containers.List")
    while call.context.is_active() and time.monotonic() - began < 3:
        time.sleep(0.01)
    assert not call.context.is_active()
    release.set()


def test_one_client_serves_several_threads(containerd: FakeContainerd, client: Client) -> None:
    failures: list[Exception] = []

    def make(number: int) -> None:
        try:
            for step in range(20):
                client.namespaces.create(f"n{number}-{step}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(containerd.namespaces.rows) == 160


def test_a_closed_client_connects_again_when_it_is_used(client: Client) -> None:
    client.version()
    client.close()
    assert client.version().version == "v2.1.9"


def test_a_large_listing_passes(containerd: FakeContainerd, client: Client) -> None:
    blob = os.urandom(9 << 20)
    digest = containerd.content.put("default", blob)
    assert client.content.read(digest) == blob
    containerd.refuse("Containers.List", "FAILED_PRECONDITION", "x" * 4000)
    with pytest.raises(FailedPrecondition, match="x{4000}"):
        client.containers.list()
