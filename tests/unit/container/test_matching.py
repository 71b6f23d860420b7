"""The filters of `ps`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nerdpy import labels
from nerdpy.container.look import Look
from nerdpy.container.matching import check_filters, implies_all, matches
from nerdpy.container.status import ContainerState
from nerdpy.errors import InvalidArgument
from nerdpy.errors import NotImplemented as Refused
from nerdpy.model.filters import Filters
from nerdpy.model.records import ContainerId, ContainerRecord

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
PORT = {"container_port": 80, "protocol": "tcp", "host_ip": "0.0.0.0", "host_port": 8080}
WEB = Look(
    record=ContainerRecord(
        id=ContainerId("abc" + "0" * 61),
        image="docker.io/library/nginx:latest",
        created_at=WHEN,
        labels={
            labels.NAME: "web-1",
            labels.NETWORKS: '["front"]',
            labels.IMAGE_ID: "sha256:feed" + "0" * 60,
            f"{labels.MOUNTS}.0": '{"Name":"data","Source":"/v/data","Destination":"/data"}',
            **labels.packed(labels.EXPOSED_PORTS, ["443/tcp"]),
            "colour": "blue",
        },
    ),
    task=None,
    lifecycle={"ports": [PORT]},
    state=ContainerState(status="exited", exit_code=3),
)


def as_filters(values: dict[str, list[str]]) -> Filters:
    return Filters({key: tuple(each) for key, each in values.items()})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"id": ["abc"]}, True),
        ({"id": [""]}, False),
        ({"id": ["bc"]}, False),
        ({"name": ["eb-"]}, True),
        ({"name": ["^web"]}, True),
        ({"name": ["^/web"]}, True),
        ({"name": [""]}, True),
        ({"name": ["^eb"]}, False),
        ({"name": ["nope", "web"]}, True),
        ({"label": ["colour"]}, True),
        ({"label": ["colour=blue"]}, True),
        ({"label": ["colour=red"]}, False),
        ({"label": ["colour", "size"]}, False),
        ({"label": [labels.NAME]}, False),
        ({"status": ["exited"]}, True),
        ({"status": ["running", "exited"]}, True),
        ({"status": ["running"]}, False),
        ({"exited": ["3"]}, True),
        ({"exited": ["0"]}, False),
        ({"network": ["front"]}, True),
        ({"network": ["back"]}, False),
        ({"volume": ["data"]}, True),
        ({"volume": ["/data"]}, True),
        ({"volume": ["/v/data"]}, True),
        ({"volume": ["dat"]}, False),
        ({"ancestor": ["nginx"]}, True),
        ({"ancestor": ["nginx:latest"]}, True),
        ({"ancestor": ["feed"]}, True),
        ({"ancestor": ["nginx:1"]}, False),
        ({"publish": ["8080"]}, True),
        ({"publish": ["8000-9000/tcp"]}, True),
        ({"publish": ["8080/udp"]}, False),
        ({"expose": ["443"]}, True),
        ({"expose": ["80"]}, True),
        ({"expose": ["81"]}, False),
        ({"before": ["later"]}, True),
        ({"since": ["later"]}, False),
        ({"health": ["none"]}, True),
        ({"health": ["healthy"]}, False),
        ({"name": ["web"], "status": ["running"]}, False),
    ],
)
def test_a_container_fits_its_filters(filters: dict[str, list[str]], expected: bool) -> None:
    anchors = {"later": WHEN + timedelta(hours=1)}
    assert matches(WEB, as_filters(filters), anchors) is expected


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"status": ["gone"]}, InvalidArgument),
        ({"exited": ["x"]}, InvalidArgument),
        ({"name": ["("]}, InvalidArgument),
        ({"is-task": ["true"]}, Refused),
    ],
)
def test_a_filter_that_can_never_match_is_refused(filters: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        check_filters(as_filters(filters))


def test_filters_on_the_end_are_about_ended_containers() -> None:
    assert implies_all(as_filters({"status": ["exited"]}))
    assert implies_all(as_filters({"exited": ["0"]}))
    assert not implies_all(as_filters({"name": ["x"]}))
