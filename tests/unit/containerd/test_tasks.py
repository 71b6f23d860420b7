"""Tasks: their life, what is waited for, and events."""

import json
import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from nerdpy.containerd.client import Client
from nerdpy.containerd.typeurl import PROCESS, RUNC_OPTIONS, runc_options
from nerdpy.containerd.waiting import Waiting
from nerdpy.errors import Cancelled, DeadlineExceeded, NerdpyError, NotFound
from nerdpy.model.records import SnapshotMount
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run
SOON = timedelta(seconds=5)
MOUNTS = (SnapshotMount("overlay", "overlay", ("lowerdir=/l", "upperdir=/u")),)


@pytest.fixture
def running(client: Client) -> str:
    client.tasks.create("c1", mounts=MOUNTS)
    client.tasks.start("c1")
    return "c1"


def test_a_task_is_created_with_its_mounts_stdio_and_options(
    containerd: FakeContainerd, client: Client
) -> None:
    pid = client.tasks.create(
        "c1",
        mounts=MOUNTS,
        stdin="/in",
        stdout="binary:///m",
        has_tty=True,
        runtime_options=runc_options("crun"),
    )
    request = containerd.tasks.task("default", "c1").request
    assert request.rootfs[0].options == ["lowerdir=/l", "upperdir=/u"]
    assert (request.stdin, request.stdout, request.terminal) == ("/in", "binary:///m", True)
    assert request.options.type_url == RUNC_OPTIONS
    assert (client.tasks.get("c1").status, client.tasks.get("c1").pid) == ("created", pid)
    assert client.tasks.start("c1") == pid


def test_a_task_lives_and_ends(containerd: FakeContainerd, client: Client, running: str) -> None:
    assert [(task.id, task.status, task.exec_id) for task in client.tasks.list()] == [("c1", "running", "")]
    client.tasks.pause(running)
    assert client.tasks.get(running).status == "paused"
    client.tasks.resume(running)
    assert client.tasks.pids(running) == [client.tasks.get(running).pid]
    client.tasks.resize(running, columns=80, rows=24)
    client.tasks.update(running, {"pids": {"limit": 9}})
    assert json.loads(containerd.called("Tasks.Update")[0].request.resources.value) == {"pids": {"limit": 9}}
    client.tasks.kill(running, 9, everyone=True)
    assert containerd.called("Tasks.Kill")[0].request.all
    ended = client.tasks.delete(running)
    assert (ended.id, ended.status, ended.exit_code) == ("c1", "stopped", 137)
    assert ended.exited_at is not None
    with pytest.raises(NotFound):
        client.tasks.get(running)


def test_a_second_process_knows_its_container(
    containerd: FakeContainerd, client: Client, running: str
) -> None:
    client.tasks.exec(running, "e1", process={"args": ["sh"]}, stdin="/in", has_tty=True)
    request = containerd.tasks.task("default", "c1", "e1").request
    assert (request.spec.type_url, json.loads(request.spec.value)) == (PROCESS, {"args": ["sh"]})
    waiting = client.tasks.wait(running, "e1")
    pid = client.tasks.start(running, "e1")
    client.tasks.close_stdin(running, "e1")
    containerd.exit("default", running, 7, "e1")
    assert waiting.result(SOON)[0] == 7
    status = client.tasks.get(running, "e1")
    assert (status.id, status.exec_id, status.pid, status.exit_code) == ("c1", "e1", pid, 7)
    assert client.tasks.delete_process(running, "e1").exit_code == 7
    assert client.tasks.get(running).status == "running"


def test_waiting_is_under_way_before_the_process_ends(
    containerd: FakeContainerd, client: Client, running: str
) -> None:
    waiting = client.tasks.wait(running)
    assert not waiting.done()
    with pytest.raises(DeadlineExceeded):
        waiting.result(timedelta(milliseconds=50))
    told: list[Waiting] = []
    heard = threading.Event()

    def hear(which: Waiting) -> None:
        told.append(which)
        heard.set()

    waiting.on_done(hear)
    containerd.exit("default", running, 3)
    code, when = waiting.result(SOON)
    assert (code, when.tzinfo is not None, waiting.done()) == (3, True, True)
    assert heard.wait(5)
    assert told == [waiting]


def test_waiting_for_nothing_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        client.tasks.wait("nothing").result(SOON)


def test_waiting_can_be_given_up(client: Client, running: str) -> None:
    waiting = client.tasks.wait(running)
    waiting.cancel()
    with pytest.raises(Cancelled):
        waiting.result(SOON)


def test_events_are_decoded_until_the_subscription_is_cancelled(
    containerd: FakeContainerd, client: Client
) -> None:
    subscription = client.events.subscribe('topic~="/tasks/.*"')
    containerd.events.await_listener()
    client.tasks.create("c1", mounts=())
    client.tasks.start("c1")
    containerd.exit("default", "c1", 2)
    start, ended = next(subscription), next(subscription)
    assert (start.topic, start.namespace) == ("/tasks/start", "default")
    assert start.payload == {"container_id": "c1", "pid": 100}
    assert ended.payload["exit_status"] == 2
    assert ended.payload["exited_at"].tzinfo is not None
    threading.Timer(0.1, subscription.cancel).start()
    assert list(subscription) == []
    assert list(containerd.called("Events.Subscribe")[0].request.filters) == ['topic~="/tasks/.*"']


def test_a_subscription_ends_with_an_error_when_containerd_goes(
    containerd: FakeContainerd, client: Client
) -> None:
    with client.events.subscribe() as subscription:
        containerd.events.await_listener()
        containerd.events.close()
        containerd.stop()
        with suppress(NerdpyError):
            assert list(subscription) == []
