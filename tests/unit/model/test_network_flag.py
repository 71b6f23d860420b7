"""--network in both forms."""

import json

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.endpoint_option import IFNAME, SYSCTLS
from nerdpy.model.network_flag import NetworkRequest, parse_alias, parse_network, request_json, request_of

TWO = "net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.IFNAME.rp_filter=2"


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
        ("name=a,gw-priority=7", NetworkRequest(name="a", priority=7)),
        ("name=a,gw-priority=-1", NetworkRequest(name="a", priority=-1)),
        (
            "name=a,link-local-ip=169.254.7.7,link-local-ip=FE80::7",
            NetworkRequest(name="a", link_local_ips=("169.254.7.7", "fe80::7")),
        ),
        (
            f"name=a,driver-opt={IFNAME}=x0,driver-opt={IFNAME}=wan",
            NetworkRequest(name="a", driver_options=((IFNAME, "wan"),)),
        ),
        (
            f'name=a,"driver-opt={SYSCTLS}={TWO}"',
            NetworkRequest(
                name="a",
                driver_options=((SYSCTLS, TWO),),
            ),
        ),
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
        ("name=a,gw-priority=", "gw-priority"),
        ("name=a,gw-priority=high", "gw-priority"),
        ("name=a,gw-priority=9223372036854775808", "gw-priority"),
        ("name=a,link-local-ip=10.0.0.1", "not a link-local address"),
        ("name=a,driver-opt=ifname", "invalid key value pair"),
        ("name=a,driver-opt=a=b", 'unknown driver option "a"'),
        (f"name=a,driver-opt={IFNAME}=a/b", "interface name"),
        (f"name=a,driver-opt={IFNAME}=lo", "interface name"),
        (f"name=a,driver-opt={IFNAME}=sixteenletters00", "interface name"),
        (f"name=a,driver-opt={SYSCTLS}=net.ipv4.ip_forward=1", "invalid sysctl"),
        (f"name=a,driver-opt={SYSCTLS}=net.ipv4.conf.eth0.forwarding=1", "invalid sysctl"),
        (f"name=a,driver-opt={SYSCTLS}=kernel.x.conf.IFNAME.y=1", "invalid sysctl"),
        (f"name=a,driver-opt={SYSCTLS}=net.ipv4.conf.IFNAME.forwarding", "invalid sysctl"),
        (f"name=a,driver-opt={SYSCTLS}=net.ipv4.../.IFNAME.forwarding=1", "invalid sysctl"),
        ("container:", "names no container"),
        ("ns:", "names no path"),
        ("ns:x", "must be absolute"),
    ],
)
def test_a_malformed_network_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_network(text)


def test_what_it_says_fits_into_a_label_and_comes_back() -> None:
    text = f"name=a,alias=x,ip=1.2.3.4,gw-priority=-2,link-local-ip=fe80::1,driver-opt={IFNAME}=wan"
    whole = parse_network(text)
    assert request_of(json.loads(json.dumps(request_json(whole)))) == whole
    assert request_json(parse_network("a")) == {"name": "a"}
    assert [parse_network("a").is_plain, whole.is_plain] == [True, False]


def test_modes_are_not_user_defined() -> None:
    names = ("front", "host", "none", "bridge", "default", "container:x", "ns:/x")
    assert [NetworkRequest(name=name).is_user_defined for name in names] == [True] + [False] * 6


@pytest.mark.parametrize("alias", ["a b", "a\nb", "a\tb", "a\x00", "#a", "a\u2028b"])
def test_an_alias_is_one_word(alias: str) -> None:
    with pytest.raises(InvalidArgument, match="cannot be a network alias"):
        parse_alias(alias)
