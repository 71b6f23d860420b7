"""Each gRPC status becomes the kind of error that callers catch, with containerd's own words."""

from datetime import timedelta
from pathlib import Path

import grpc
import pytest

from nerdpy import errors
from nerdpy.containerd.client import Client
from nerdpy.containerd.errors import KINDS, translated
from tests.fakes.containerd import FakeContainerd

CASES = [
    ("NOT_FOUND", errors.NotFound),
    ("ALREADY_EXISTS", errors.AlreadyExists),
    ("FAILED_PRECONDITION", errors.FailedPrecondition),
    ("INVALID_ARGUMENT", errors.InvalidArgument),
    ("OUT_OF_RANGE", errors.InvalidArgument),
    ("PERMISSION_DENIED", errors.PermissionDenied),
    ("UNAUTHENTICATED", errors.Unauthenticated),
    ("RESOURCE_EXHAUSTED", errors.ResourceExhausted),
    ("ABORTED", errors.Conflict),
    ("UNAVAILABLE", errors.Unavailable),
    ("UNIMPLEMENTED", errors.NotImplemented),
    ("CANCELLED", errors.Cancelled),
    ("UNKNOWN", errors.NerdpyError),
    ("INTERNAL", errors.NerdpyError),
]


class Ended(grpc.RpcError):
    """A call that ended with a status."""

    def __init__(self, code: str, details: str) -> None:
        self._code, self._details = grpc.StatusCode[code], details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details


@pytest.mark.may_run
@pytest.mark.parametrize(("code", "kind"), CASES)
def test_a_status_becomes_its_kind_and_keeps_the_cause(
    containerd: FakeContainerd, client: Client, code: str, kind: type[errors.NerdpyError]
) -> None:
    containerd.refuse("Tasks.Start", code, "the shim says no")
    with pytest.raises(kind, match="the shim says no") as caught:
        client.tasks.start("c")
    assert type(caught.value) is kind
    assert isinstance(caught.value.__cause__, grpc.RpcError)


def test_the_table_names_real_statuses() -> None:
    assert set(KINDS) <= {code.name for code in grpc.StatusCode}


RESET = "Stream removed (RST_STREAM (Received RST_STREAM with error code 8))"
TASKS = "/containerd.services.tasks.v1.Tasks/Get"
TRANSFER = "/containerd.services.transfer.v1.Transfer/Transfer"


@pytest.mark.parametrize(
    ("code", "details", "path", "deadline", "kind"),
    [
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", TASKS, timedelta(seconds=1), errors.DeadlineExceeded),
        ("CANCELLED", RESET, TASKS, timedelta(seconds=1), errors.DeadlineExceeded),
        ("UNKNOWN", "context deadline exceeded", TASKS, timedelta(seconds=1), errors.DeadlineExceeded),
        ("CANCELLED", RESET, TASKS, None, errors.Cancelled),
        ("UNKNOWN", "context canceled", TASKS, timedelta(seconds=1), errors.DeadlineExceeded),
        ("UNKNOWN", "context canceled", TASKS, None, errors.NerdpyError),
        ("UNKNOWN", "the shim says no", TASKS, timedelta(seconds=1), errors.NerdpyError),
        ("UNKNOWN", "context deadline exceeded", TRANSFER, timedelta(seconds=1), errors.NerdpyError),
    ],
)
def test_a_deadline_is_one_whoever_noticed_it_first(
    code: str, details: str, path: str, deadline: timedelta | None, kind: type[errors.NerdpyError]
) -> None:
    assert type(translated(Ended(code, details), path, "/run/c.sock", deadline)) is kind


def test_a_full_disk_is_told_as_such() -> None:
    text = "write /var/lib/containerd/x: no space left on device"
    error = translated(Ended("UNKNOWN", text), "/a.Content/Write", "/c.sock", None)
    assert type(error) is errors.ResourceExhausted
    assert error.hint is not None
    assert "prune" in error.hint


@pytest.mark.parametrize(
    ("details", "kind"),
    [
        ("failed to resolve image: unexpected status from HEAD: 401 Unauthorized", errors.Unauthenticated),
        ("pull access denied: authorization failed: no basic auth credentials", errors.Unauthenticated),
        ("dial tcp 127.0.0.1:9: connect: connection refused", errors.Unavailable),
        ("dial tcp: lookup nowhere.example: no such host", errors.Unavailable),
        ("something else", errors.NerdpyError),
    ],
)
def test_what_a_registry_refuses_has_its_kind(details: str, kind: type[errors.NerdpyError]) -> None:
    path = "/containerd.services.transfer.v1.Transfer/Transfer"
    assert type(translated(Ended("UNKNOWN", details), path, "/c.sock", None)) is kind


@pytest.mark.may_run
def test_a_missing_socket_is_told_with_its_path(tmp_path: Path) -> None:
    client = Client.connect(f"unix://{tmp_path}/no.sock", "default")
    with pytest.raises(errors.Unavailable, match=r"no\.sock") as caught:
        client.version()
    assert caught.value.hint is not None
    assert "nerdpy system start" in caught.value.hint


@pytest.mark.may_run
def test_a_socket_that_nobody_listens_on_fails_at_once(containerd: FakeContainerd, tmp_path: Path) -> None:
    containerd.stop()
    dead = tmp_path / "dead.sock"
    import socket

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dead))
    with pytest.raises(errors.Unavailable, match="nobody listens"):
        Client.connect(str(dead), "default").version()
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.Unavailable, match="not a socket"):
        Client.connect(str(tmp_path / "file"), "default").version()


@pytest.mark.may_run
def test_an_engine_that_goes_away_is_unavailable(containerd: FakeContainerd, client: Client) -> None:
    client.version()
    containerd.stop()
    with pytest.raises(errors.Unavailable, match="lost containerd"):
        client.version()
