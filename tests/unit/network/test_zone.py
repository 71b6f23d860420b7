"""What aardvark-dns is told about a network."""

import pytest

from nerdpy.network.zone import (
    Member,
    Zone,
    file_name,
    network_of,
    parse_zone,
    render_zone,
    resolvable,
    usable_servers,
)

WEB = Member(container_id="b" * 64, address="10.4.1.2", names=("web", "web.front"))
DB = Member(
    container_id="a" * 64,
    address="10.4.1.3",
    address6="fd00::3",
    names=("db",),
    forwarders=("1.1.1.1", "8.8.8.8"),
    reads_hosts=True,
)
ZONE = Zone(listeners=("10.4.1.1", "fd00::1"), members=(DB, WEB), mark="mark-0a0b0c0d")


def test_a_zone_is_a_line_for_the_listeners_one_for_the_mark_and_one_for_each_container() -> None:
    assert render_zone(ZONE).splitlines() == [
        "10.4.1.1,fd00::1",
        f"nerdpy 192.0.2.1  mark-0a0b0c0d,{'a' * 64}",
        f"{'a' * 64} 10.4.1.3 fd00::3 db 1.1.1.1,8.8.8.8",
        f"{'b' * 64} 10.4.1.2  web,web.front",
    ]


def test_a_zone_is_read_as_it_was_written() -> None:
    assert parse_zone(render_zone(ZONE)) == ZONE
    assert parse_zone(render_zone(Zone(listeners=("10.4.1.1",), mark="m"))) == Zone(
        listeners=("10.4.1.1",), mark="m"
    )


@pytest.mark.parametrize("text", ["", "\n", "4711", "not an address\nx y z n\n"])
def test_what_is_no_zone_is_not_read_as_one(text: str) -> None:
    assert parse_zone(text) is None


def test_a_container_that_comes_again_takes_the_place_of_what_stood_there() -> None:
    moved = Member(container_id=WEB.container_id, address="10.4.1.9", names=("web",))
    assert ZONE.having(moved).members == (DB, moved)
    assert ZONE.without(DB.container_id).members == (WEB,)
    assert ZONE.member(DB.container_id) == DB
    assert ZONE.member("c") is None


def test_names_are_what_a_question_can_hold() -> None:
    good = ["Web", "web", "a_b-c.d", "0123456789ab", "x" * 63]
    bad = ["", "a b", "a,b", "a..b", ".a", "-a", "ü", "x" * 64, "a\nb", "web.", ".".join(["x" * 60] * 5)]
    assert resolvable([*good, *bad]) == ("web", "a_b-c.d", "0123456789ab", "x" * 63)


def test_servers_with_a_scope_are_left_out() -> None:
    assert usable_servers(["1.1.1.1", "fe80::1%eth0", "fd00::1", "dns.example.org"]) == ("1.1.1.1", "fd00::1")


@pytest.mark.parametrize("is_internal", [False, True])
def test_a_files_name_tells_namespace_and_network(is_internal: bool) -> None:
    name = file_name("k8s.io", "a.b", is_internal=is_internal)
    assert network_of(name, "k8s.io") == "a.b"
    assert network_of(name, "default") == ""
    assert name.endswith("%int") is is_internal
    assert network_of("aardvark.pid", "default") == ""
