"""Where the relay of published ports leads a socket."""

import socket

import pytest

from nerdpy.monitor.relay import target_of

PORTS = [
    {"container_port": 80, "protocol": "tcp", "host_ip": "0.0.0.0", "host_port": 8080},
    {"container_port": 80, "protocol": "tcp", "host_ip": "::", "host_port": 8080},
    {"container_port": 81, "protocol": "tcp", "host_ip": "127.0.0.1", "host_port": 8081},
    {"container_port": 82, "protocol": "tcp", "host_ip": "127.0.0.2", "host_port": 8081},
    {"container_port": 53, "protocol": "udp", "host_ip": "", "host_port": 8080},
]


def record(*addresses: str) -> dict[str, object]:
    ips = [{"address": one} for one in addresses]
    silent = {"publishes": False, "result": {"ips": [{"address": "10.9.0.9/24"}]}}
    return {"ports": PORTS, "links": [silent, {"publishes": True, "result": {"ips": ips}}]}


@pytest.mark.parametrize(
    ("protocol", "host", "port", "expected"),
    [
        (socket.IPPROTO_TCP, "0.0.0.0", 8080, ("10.4.0.2", 80)),
        (socket.IPPROTO_TCP, "::", 8080, ("10.4.0.2", 80)),
        (socket.IPPROTO_UDP, "::", 8080, ("10.4.0.2", 53)),
        (socket.IPPROTO_TCP, "127.0.0.2", 8081, ("10.4.0.2", 82)),
        (socket.IPPROTO_TCP, "127.0.0.3", 8081, None),
        (socket.IPPROTO_TCP, "0.0.0.0", 1, None),
    ],
)
def test_each_socket_leads_to_the_port_that_it_was_bound_for(
    protocol: int, host: str, port: int, expected: tuple[str, int] | None
) -> None:
    assert target_of(record("10.4.0.2/24"), protocol, host, port) == expected


def test_an_address_of_the_same_family_is_preferred() -> None:
    both = record("10.4.0.2/24", "fd00::2/64")
    assert target_of(both, socket.IPPROTO_TCP, "::", 8080) == ("fd00::2", 80)
    assert target_of(both, socket.IPPROTO_TCP, "0.0.0.0", 8080) == ("10.4.0.2", 80)


def test_without_a_network_nothing_is_carried() -> None:
    assert target_of({}, socket.IPPROTO_TCP, "::", 8080) is None
    assert target_of(record(), socket.IPPROTO_TCP, "::", 8080) is None
