"""The PORTS cell, and `Ports` of inspect."""

import pytest

from nerdpy.dockercompat.ports import mapping_from_json, mapping_to_json, network_ports, render_ports
from nerdpy.model.ports import PortMapping


def published(container: int, host: int, ip: str = "0.0.0.0", protocol: str = "tcp") -> PortMapping:
    return PortMapping(container_port=container, host_port=host, host_ip=ip, protocol=protocol)


@pytest.mark.parametrize(
    ("mappings", "exposed", "expected"),
    [
        ([], [], ""),
        ([published(80, 8080)], [], "0.0.0.0:8080->80/tcp"),
        ([published(80, 8080), published(81, 8081)], [], "0.0.0.0:8080-8081->80-81/tcp"),
        ([published(80, 8080), published(81, 8082)], [], "0.0.0.0:8080->80/tcp, 0.0.0.0:8082->81/tcp"),
        ([published(80, 8080), published(82, 8081)], [], "0.0.0.0:8080->80/tcp, 0.0.0.0:8081->82/tcp"),
        ([published(80, 80, "::"), published(80, 80)], [], "0.0.0.0:80->80/tcp, [::]:80->80/tcp"),
        (
            [published(53, 53, protocol="udp"), published(53, 53)],
            [],
            "0.0.0.0:53->53/tcp, 0.0.0.0:53->53/udp",
        ),
        ([], ["443/tcp", "80/tcp"], "80/tcp, 443/tcp"),
        ([], ["80/tcp", "81/tcp"], "80-81/tcp"),
        ([published(80, 8080)], ["80/tcp", "81/tcp"], "0.0.0.0:8080->80/tcp, 81/tcp"),
    ],
)
def test_the_ports_cell(mappings: list[PortMapping], exposed: list[str], expected: str) -> None:
    assert render_ports(mappings, exposed) == expected


def test_inspect_shows_published_and_exposed_ports() -> None:
    ports = network_ports([published(80, 8080), published(80, 80, "::")], ["80/tcp", "81/tcp"])
    assert ports == {
        "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "80"}],
        "81/tcp": None,
    }


def test_a_mapping_survives_its_file() -> None:
    mapping = published(80, 8080, "::1", "udp")
    assert mapping_from_json(mapping_to_json(mapping)) == mapping
