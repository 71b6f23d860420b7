"""What a container asks of its networks, in labels."""

import pytest

from nerdpy import labels
from nerdpy.container.endpoints import endpoint_labels, label_changes, networks_of, requests_of
from nerdpy.errors import InvalidArgument
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.records import ContainerId, ContainerRecord

FRONT = NetworkRequest(name="front", ip="10.0.0.9", aliases=("web",))
BACK = NetworkRequest(name="back", priority=3, link_local_ips=("fe80::1",), driver_options=(("k", "v"),))


def record(found: dict[str, str]) -> ContainerRecord:
    return ContainerRecord(id=ContainerId("1" * 64), labels=found, image="x")


def test_what_is_asked_comes_back_and_nerdctl_reads_the_first() -> None:
    found = endpoint_labels([FRONT, NetworkRequest(name="plain"), BACK])
    assert found[labels.NETWORKS] == '["front", "plain", "back"]'
    assert found[labels.IP] == "10.0.0.9"
    assert requests_of(record(found)) == (FRONT, NetworkRequest(name="plain"), BACK)
    assert endpoint_labels([NetworkRequest(name="bridge")]) == {labels.NETWORKS: '["bridge"]'}
    assert networks_of(record(endpoint_labels([]))) == []


def test_labels_of_nerdctl_and_of_older_containers_are_read() -> None:
    old = {
        labels.NETWORKS: '["front","back"]',
        labels.IP: "10.0.0.9",
        **labels.packed(labels.ALIASES, ["web"]),
    }
    assert requests_of(record(old)) == (FRONT, NetworkRequest(name="back"))
    assert requests_of(record({labels.NETWORKS: "nonsense"})) == ()


def test_a_change_takes_away_what_does_not_hold_any_more() -> None:
    old = endpoint_labels([FRONT, BACK]) | {"mine": "1"}
    changes = label_changes(old, [BACK])
    after = {key: value for key, value in (old | changes).items() if value is not None}
    assert requests_of(record(after)) == (BACK,)
    assert labels.IP not in after
    assert after["mine"] == "1"
    nothing = label_changes(old, [])
    assert requests_of(record({key: value for key, value in nothing.items() if value is not None})) == ()


def test_much_goes_into_several_labels_of_which_each_is_short_enough() -> None:
    aliases = tuple(f"alias-{number:04}" for number in range(1000))
    found = endpoint_labels([NetworkRequest(name="a", aliases=aliases)])
    assert all(len(key) + len(value) <= labels.LIMIT for key, value in found.items())
    assert requests_of(record(found))[0].aliases == aliases
    with pytest.raises(InvalidArgument, match="too many"):
        endpoint_labels([NetworkRequest(name=f"network-{number:04}") for number in range(400)])
