"""--network in both forms."""

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.model.network_flag import NetworkRequest, parse_network


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("front", NetworkRequest(name="front")),
        ("container:web", NetworkRequest(name="container:web")),
        ("ns:/proc/1/ns/net", NetworkRequest(name="ns:/proc/1/ns/net")),
        (
            "name=a,alias=x,alias=y,ip=1.2.3.4",
            NetworkRequest(name="a", aliases=("x", "y"), ip="1.2.3.4"),
        ),
        (
            "NAME=a, ip6=::1,mac-address=02:42:AC:11:00:02",
            NetworkRequest(name="a", ip6="::1", mac_address="02:42:ac:11:00:02"),
        ),
        ("name=a,name=b", NetworkRequest(name="b")),
    ],
)
def test_a_network_is_a_name_or_fields(text: str, request_: NetworkRequest) -> None:
    assert parse_network(text) == request_


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no name"),
        ("name=", "is not specified"),
        ("alias=a", "is not specified"),
        ("name=a,foo=bar", 'field key "foo"'),
        ("name=a,alias", 'invalid field "alias"'),
        ("name=a,ip=foo", "IP address"),
        ("name=a,ip=::1", "not an IPv4"),
        ("name=a,mac-address=foo", "mac address"),
        ("container:", "names no container"),
        ("ns:", "names no path"),
        ("ns:x", "must be absolute"),
    ],
)
def test_a_malformed_network_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_network(text)


@pytest.mark.parametrize("key", ["driver-opt=a=b", "link-local-ip=169.254.1.1", "gw-priority=1"])
def test_what_cni_cannot_do_is_refused_with_the_way_out(key: str) -> None:
    with pytest.raises(NerdpyError, match="is not available"):
        parse_network(f"name=a,{key}")


def test_modes_are_not_user_defined() -> None:
    names = ("front", "host", "none", "bridge", "default", "container:x", "ns:/x")
    assert [NetworkRequest(name=name).is_user_defined for name in names] == [True] + [False] * 6
