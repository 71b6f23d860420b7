"""Binding host ports; on loopback, where nobody else is disturbed."""

import socket

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, InvalidArgument, ResourceExhausted
from nerdpy.model.ports import PortMapping
from nerdpy.network.ports import AUTOMATIC, acquire
from nerdpy.network.rules import possible, published

ENGINE = Engine(Config())
HOME = "127.0.0.7"


def mapping(host_port: int = 0, **more: object) -> PortMapping:
    return PortMapping(container_port=80, host_ip=HOME, host_port=host_port, **more)  # type: ignore[arg-type]  # the tests' own words


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind((HOME, 0))
        port: int = one.getsockname()[1]
        return port


def test_a_port_that_somebody_listens_on_is_refused_and_its_owner_named() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((HOME, 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(Conflict, match=f"address {HOME}:{port} is already in use") as caught:
            acquire(ENGINE, [mapping(port)], owner_of=lambda wanted: "web")
        assert caught.value.hint == "container web has it"


def test_what_was_bound_is_listened_on_so_that_others_see_it() -> None:
    lease = acquire(ENGINE, [mapping(a_free_port())])
    port = lease.mappings[0].host_port
    with pytest.raises(Conflict):
        acquire(ENGINE, [mapping(port)])
    lease.close()
    acquire(ENGINE, [mapping(port)]).close()


def test_a_failure_lets_go_of_what_was_bound_before_it() -> None:
    port = a_free_port()
    with socket.socket() as server:
        server.bind((HOME, 0))
        server.listen()
        with pytest.raises(Conflict):
            acquire(ENGINE, [mapping(port), mapping(server.getsockname()[1])])
    acquire(ENGINE, [mapping(port)]).close()


def test_automatic_ports_differ_and_avoid_what_is_kept_for_others() -> None:
    avoided = set(AUTOMATIC) - set(range(50000, 50010))
    lease = acquire(
        ENGINE,
        [mapping(), mapping(protocol="udp"), PortMapping(container_port=81, host_ip=HOME)],
        avoided=avoided,
    )
    ports = [one.host_port for one in lease.mappings]
    assert set(ports) <= set(range(50000, 50010))
    assert ports[0] != ports[2]
    lease.close()


def test_the_first_free_port_of_a_range_is_taken_until_there_is_none() -> None:
    first = 50020
    wanted = mapping(first, host_port_end=first + 1)
    one, two = acquire(ENGINE, [wanted]), acquire(ENGINE, [wanted])
    assert [lease.mappings[0].host_port for lease in (one, two)] == [first, first + 1]
    with pytest.raises(ResourceExhausted, match=f"no port of {first}-{first + 1} is free"):
        acquire(ENGINE, [wanted])
    one.close()
    two.close()


def test_twice_the_same_is_one_and_two_for_one_port_are_refused() -> None:
    port = a_free_port()
    lease = acquire(ENGINE, [mapping(port), mapping(port)])
    assert len(lease.mappings) == 1
    lease.close()
    with pytest.raises(InvalidArgument, match="asked for twice"):
        acquire(ENGINE, [mapping(port), PortMapping(container_port=81, host_ip=HOME, host_port=port)])


def test_what_somebody_else_has_on_another_address_is_not_asked_for_twice() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.8", 0))
        server.listen()
        port = server.getsockname()[1]
        wanted: list[PortMapping] = []
        both = [mapping(port), PortMapping(container_port=80, host_ip="127.0.0.8", host_port=port)]
        with pytest.raises(Conflict, match=f"address 127.0.0.8:{port} is already in use"):
            acquire(ENGINE, both, owner_of=lambda one: wanted.append(one) or "")  # type: ignore[func-returns-value]  # a list is the shortest listener
        assert [one.host_ip for one in wanted] == ["127.0.0.8"]


def test_an_address_of_somebody_else_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"this machine has no address 192\.0\.2\.77"):
        acquire(ENGINE, [PortMapping(container_port=80, host_ip="192.0.2.77", host_port=8080)])


def test_a_link_local_address_is_refused_for_what_it_is() -> None:
    with pytest.raises(InvalidArgument, match=r"link-local|no address|no IPv6"):
        acquire(ENGINE, [PortMapping(container_port=80, host_ip="fe80::1", host_port=8080)])


def test_tcp_and_udp_of_one_number_do_not_clash() -> None:
    port = a_free_port()
    acquire(ENGINE, [mapping(port), mapping(port, protocol="udp")]).close()


@pytest.mark.parametrize(
    ("host_ip", "expected"),
    [
        ("", ["any4", "any6"]),
        ("0.0.0.0", ["any4"]),
        ("::", ["any6"]),
        ("127.0.0.1", ["host4"]),
        ("fd00::1", ["host6"]),
    ],
)
def test_each_address_has_its_map(host_ip: str, expected: list[str]) -> None:
    ports = [PortMapping(container_port=80, host_ip=host_ip, host_port=8080)]
    assert [one.set_name for one in published(ports, "tag", "10.4.0.2", "fd00::2")] == expected
    assert [one.set_name for one in possible(ports)] == expected


def test_a_routed_network_opens_the_containers_own_ports() -> None:
    ports = [PortMapping(container_port=80, host_port=port) for port in (0, 8080, 8081)]
    (one, two) = published(ports, "tag", "10.4.0.2", "fd00::2", ("routed", "routed"))
    assert (one.set_name, two.set_name) == ("open4", "open6")
    assert one.key == bytes([10, 4, 0, 2, 6, 0, 0, 0]) + (80).to_bytes(2, "big") + b"\0\0"
    assert (one.data, one.comment) == (b"", "tag")
    assert [one.set_name for one in published(ports[1:2], "t", "10.4.0.2", "fd00::2", ("nat", "routed"))] == [
        "any4",
        "open6",
    ]


def test_sctp_has_its_own_elements() -> None:
    (one,) = published([PortMapping(container_port=80, host_port=8080, protocol="sctp")], "t", "10.4.0.2", "")
    assert one.key[:4] == bytes([132, 0, 0, 0])


def test_a_port_without_an_address_is_bound_for_both_families_or_where_the_network_says() -> None:
    port = PortMapping(container_port=80)
    for settings, expected in (
        ({}, ["0.0.0.0", "::"]),
        ({"binding": HOME}, [HOME]),
        ({"families": [4]}, ["0.0.0.0"]),
    ):
        lease = acquire(ENGINE, [port], **settings)
        assert [one.host_ip for one in lease.mappings] == expected
        assert len({one.host_port for one in lease.mappings}) == 1
        lease.close()
    routed = acquire(ENGINE, [port], families=[])
    assert [(one.host_ip, one.host_port) for one in routed.mappings] == [("", 0)]
    assert routed.sockets == ()


def test_a_container_without_ipv6_is_published_on_ipv4_alone() -> None:
    (one,) = published([PortMapping(container_port=80, host_port=8080)], "tag", "10.4.0.2", "")
    assert one.key == bytes([6, 0, 0, 0]) + (8080).to_bytes(2, "big") + b"\0\0"
    assert one.data == bytes([10, 4, 0, 2]) + (80).to_bytes(2, "big") + b"\0\0"
