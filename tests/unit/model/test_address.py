"""Addresses, hosts and domains."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.address import (
    is_loopback,
    parse_extra_host,
    parse_ip,
    parse_ip4,
    parse_ip6,
    parse_mac,
    parse_search_domain,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [("1.2.3.4", "1.2.3.4"), ("::1", "::1"), ("2001:DB8:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "1.2.3.4")],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert parse_ip(text) == address


@pytest.mark.parametrize(
    "text", ["", "foo", "1.2.3", "01.2.3.4", "1.2.3.4/24", "fe80::1%eth0", "1.2.3.4,5.6.7.8"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="invalid IP address"):
        parse_ip(text)


def test_families_are_told_apart() -> None:
    assert parse_ip4("1.2.3.4") == "1.2.3.4"
    assert parse_ip6("::1") == "::1"
    with pytest.raises(InvalidArgument, match="not an IPv4"):
        parse_ip4("::1")
    with pytest.raises(InvalidArgument, match="not an IPv6"):
        parse_ip6("1.2.3.4")


def test_loopback_is_known() -> None:
    assert [is_loopback(address) for address in ("127.0.0.53", "::1", "8.8.8.8")] == [True, True, False]


@pytest.mark.parametrize("text", ["02:42:AC:11:00:02", "02-42-ac-11-00-02", "0242.ac11.0002"])
def test_a_mac_address_has_one_form(text: str) -> None:
    assert parse_mac(text) == "02:42:ac:11:00:02"


@pytest.mark.parametrize(
    "text", ["", "foo", "02:42:ac:11:00", "02:42:ac:11:00:02:03:04", "02:42-ac:11:00:02", "01:00:5e:00:00:01"]
)
def test_what_is_no_mac_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="mac address"):
        parse_mac(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("a:1.2.3.4", ("a", "1.2.3.4")),
        ("a=1.2.3.4", ("a", "1.2.3.4")),
        ("a:::1", ("a", "::1")),
        ("a=::1", ("a", "::1")),
        ("a=[::1]", ("a", "::1")),
        ("a:[::1]", ("a", "::1")),
        ("a:[1.2.3.4]", ("a", "1.2.3.4")),
        ("a:host-gateway", ("a", "host-gateway")),
        ("a=host-gateway", ("a", "host-gateway")),
    ],
)
def test_an_extra_host_has_a_name_and_an_address(text: str, host: tuple[str, str]) -> None:
    assert parse_extra_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "",
        ":1.2.3.4",
        "a:",
        "a:foo",
        "a=1.2.3.4,1.2.3.5",
        "a:1.2.3.4:5",
        "[::1]:a",
        "a=[::1",
        "a b:1.2.3.4",
        "a\nb:1.2.3.4",
    ],
)
def test_a_malformed_extra_host_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="add-host|IP address"):
        parse_extra_host(text)


@pytest.mark.parametrize(
    ("text", "domain"), [("a.b", "a.b"), ("a.b.", "a.b"), (".", "."), ("A.B", "A.B"), ("a-1", "a-1")]
)
def test_a_search_domain_loses_its_last_dot(text: str, domain: str) -> None:
    assert parse_search_domain(text) == domain


@pytest.mark.parametrize("text", ["", "a b", "-a", "a_b", "a..b", "foo,bar", "1"])
def test_a_malformed_domain_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="not a valid domain"):
        parse_search_domain(text)
