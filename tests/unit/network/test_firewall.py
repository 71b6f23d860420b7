"""What ufw's and firewalld's files say of a port."""

from pathlib import Path

import pytest

from nerdpy.config import load
from nerdpy.errors import UsageError
from nerdpy.model.ports import PortMapping
from nerdpy.network.firewall import denier_of, firewalld_allows

UFW = """
### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow any 5353 0.0.0.0/0 any 192.0.2.0/24 in
### tuple ### limit_log tcp 8000:8010,9000 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### deny any 25 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### route:allow tcp 5432 0.0.0.0/0 any 0.0.0.0/0 in
"""
ZONE = """<?xml version="1.0" encoding="utf-8"?>
<zone>
  <service name="http"/>
  <port port="8000-8010" protocol="tcp"/>
  <port protocol="udp" port="53"/>
</zone>
"""


def port(number: int, protocol: str = "tcp", host_ip: str = "0.0.0.0") -> PortMapping:
    return PortMapping(container_port=80, host_port=number, protocol=protocol, host_ip=host_ip)


def written(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (port(80), ""),
        (port(80, "udp"), "ufw"),
        (port(5353), "ufw"),
        (port(8003), ""),
        (port(9000), ""),
        (port(25), "ufw"),
        (port(5432), ""),
        (port(443), "ufw"),
        (port(80, host_ip="::"), "ufw"),
    ],
)
def test_an_active_ufw_denies_what_no_rule_lets_everybody_in_for(
    tmp_path: Path, mapping: PortMapping, expected: str
) -> None:
    written(tmp_path, "ufw/ufw.conf", "# on\nENABLED=yes\nLOGLEVEL=low\n")
    written(tmp_path, "default/ufw", 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n')
    written(tmp_path, "ufw/user.rules", UFW)
    assert denier_of(mapping, tmp_path, tmp_path) == expected


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [(port(80), True), (port(443), False), (port(8010), True), (port(53, "udp"), True), (port(53), False)],
)
def test_firewalld_allows_the_ports_and_services_of_its_zone(
    tmp_path: Path, mapping: PortMapping, expected: bool
) -> None:
    etc, lib = tmp_path / "etc", tmp_path / "lib"
    written(etc, "firewalld/firewalld.conf", "DefaultZone=home\n")
    written(etc, "firewalld/zones/home.xml", ZONE)
    written(etc, "firewalld/zones/trusted.xml", '<zone target="ACCEPT"><interface name="br-1"/></zone>')
    written(lib, "firewalld/services/http.xml", '<service><port protocol="tcp" port="80"/></service>')
    assert firewalld_allows(etc, lib, mapping) is expected


def test_a_zone_that_accepts_everything_denies_nothing(tmp_path: Path) -> None:
    written(tmp_path, "firewalld/zones/public.xml", '<zone target="ACCEPT">\n</zone>')
    assert firewalld_allows(tmp_path, tmp_path, port(1))


def test_the_policy_and_the_address_stand_in_the_settings_by_dockers_name_too() -> None:
    assert load({}, {}, {}).publish_public == "warn"
    assert load({}, {}, {"ip": "127.0.0.1"}).publish_address == "127.0.0.1"
    assert load({}, {}, {"publish_address": "::1"}).publish_address == "::1"
    with pytest.raises(UsageError, match="none of warn, refuse, allow"):
        load({}, {}, {"publish_public": "maybe"})
