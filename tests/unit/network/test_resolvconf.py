"""resolv.conf of a container."""

import pytest

from nerdpy.network.resolvconf import (
    PUBLIC,
    PUBLIC6,
    Asked,
    Given,
    Resolver,
    asking,
    build_resolver,
    is_plain,
    names_only_the_stub,
    parse_resolv_conf,
    render_resolv_conf,
    sealed,
    unsealed,
)

HOST = Resolver(
    servers=("127.0.0.1", "192.0.2.1", "2001:db8::53"), search=("example.org",), options=("ndots:2",)
)


def test_parsing_takes_the_last_search_and_all_options() -> None:
    text = "# c\nnameserver 1.1.1.1 # x\ndomain a\nsearch b c\noptions ndots:1\n"
    text += "options rotate timeout:1\nnonsense\n"
    assert parse_resolv_conf(text) == Resolver(
        servers=("1.1.1.1",), search=("b", "c"), options=("ndots:1", "rotate", "timeout:1")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameserver 127.0.0.53\n", True),
        ("nameserver 127.0.0.53\nnameserver 127.0.0.54\n", True),
        ("nameserver 127.0.0.53\nnameserver 1.1.1.1\n", False),
        ("", False),
    ],
)
def test_resolveds_stub_is_recognised(text: str, expected: bool) -> None:
    assert names_only_the_stub(text) is expected


def test_a_bridge_loses_loopback_servers_and_ipv6_ones() -> None:
    assert build_resolver(HOST, Given()).servers == ("192.0.2.1",)
    assert build_resolver(HOST, Given(), has_ipv6=True).servers == (
        "192.0.2.1",
        "2001:db8::53",
    )


def test_without_any_server_left_public_ones_stand_in() -> None:
    host = Resolver(servers=("127.0.0.1",))
    assert build_resolver(host, Given()).servers == ("8.8.8.8", "8.8.4.4")


def test_the_hosts_network_keeps_them_all() -> None:
    assert build_resolver(HOST, Given(is_isolated=False)).servers == HOST.servers


def test_what_was_given_replaces_only_its_own_part() -> None:
    given = Given(servers=("127.0.0.1", "9.9.9.9", "9.9.9.9"), search=(".",))
    assert build_resolver(HOST, given) == Resolver(
        servers=("127.0.0.1", "9.9.9.9"), search=(), options=("ndots:2",)
    )


def test_the_text_has_one_line_for_each_server() -> None:
    resolver = Resolver(servers=("1.1.1.1", "::1"), search=("a", "b"), options=("rotate",))
    assert render_resolv_conf(resolver) == "nameserver 1.1.1.1\nnameserver ::1\nsearch a b\noptions rotate\n"
    assert render_resolv_conf(Resolver()) == ""


@pytest.mark.parametrize(
    ("options", "given", "expected"),
    [
        (("ndots:2", "rotate"), None, ("rotate", "ndots:0")),
        (("ndots:2", "rotate"), ("ndots:2", "rotate"), ("ndots:2", "rotate")),
        ((), None, ("ndots:0",)),
    ],
)
def test_a_neighbours_name_is_tried_before_search_domains_unless_ndots_was_given(
    options: tuple[str, ...], given: tuple[str, ...] | None, expected: tuple[str, ...]
) -> None:
    resolver = Resolver(servers=("192.0.2.1",), search=("example.org",), options=options)
    found = asking(resolver, Asked(("10.4.1.1", "10.4.2.1")), Given(options=given))
    assert found == Resolver(servers=("10.4.1.1", "10.4.2.1"), search=("example.org",), options=expected)


def test_a_server_that_is_not_always_there_is_asked_again_soon_and_often() -> None:
    found = asking(
        Resolver(), Asked(("10.4.1.1", "10.4.2.1"), is_steady=False), Given(options=("timeout:3",))
    )
    assert found.servers == ("10.4.1.1", "10.4.2.1", "10.4.1.1")
    assert set(found.options) == {"ndots:0", "attempts:2"}


@pytest.mark.parametrize(
    ("given", "is_steady", "expected"),
    [
        ((), False, {"ndots:0", "timeout:2", "attempts:2"}),
        ((), True, {"use-vc", "ndots:0"}),
        (("use-vc",), False, {"use-vc", "ndots:0", "timeout:2", "attempts:2"}),
    ],
)
def test_a_server_without_tcp_is_not_asked_by_it_because_the_host_does(
    given: tuple[str, ...], is_steady: bool, expected: set[str]
) -> None:
    host = Resolver(servers=("192.0.2.1",), options=("use-vc",))
    found = asking(host, Asked(("10.4.1.1",), is_steady), Given(options=given or None))
    assert set(found.options) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (("fe80::1%eth0", "2001:db8::1"), ("2001:db8::1",)),
        (("FE80::1", "febf::1", "192.0.2.1"), ("192.0.2.1",)),
        (("fe80::1%eth0",), PUBLIC + PUBLIC6),
        (("fec0::1",), ("fec0::1",)),
    ],
)
def test_servers_on_a_link_of_the_hosts_are_not_for_containers(
    host: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert build_resolver(Resolver(servers=host), Given(), has_ipv6=True).servers == expected
    on_host = build_resolver(Resolver(servers=host), Given(is_isolated=False), has_ipv6=True)
    assert on_host.servers == host


@pytest.mark.parametrize(
    "given",
    [Given(), Given(servers=("1.1.1.1",), search=(".",), options=("rotate",)), Given(is_isolated=False)],
)
def test_what_was_given_is_read_back_while_nobody_has_edited_the_file(given: Given) -> None:
    text = sealed("nameserver 1.1.1.1\n", given)
    assert parse_resolv_conf(text).servers == ("1.1.1.1",)
    assert unsealed(text) == given
    for edited in (text.replace("1.1.1.1", "1.1.1.2"), text + "\n", text + "search a\n", "# x\n" + text):
        assert unsealed(edited) is None
    assert unsealed("nameserver 1.1.1.1\n") is None
    assert unsealed("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        (
            "# by hand\n\nnameserver 2001:db8::1\nsearch a b\noptions ndots:1 edns0\n",
            True,
        ),
        ("nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n", True),
        ("nameserver fe80::1%eth0\n", True),
        ("nameserver 192.0.2.1\noptions edns0 no-aaaa\n", False),
        ("nameserver 192.0.2.1\noptions retrans:3\n", False),
        ("nameserver 192.0.2.1 192.0.2.2\n", False),
        ("nameserver dns.example\n", False),
        ("nameserver 192.0.2.1\ndomain\n", False),
        ("anything\n", False),
    ],
)
def test_a_resolv_conf_that_an_old_name_server_stumbles_over_is_known(text: str, expected: bool) -> None:
    assert is_plain(text) is expected
