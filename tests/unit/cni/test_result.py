"""What plugins answer, and how they complain."""

import pytest

from nerdpy.cni.result import Address, parse_result
from nerdpy.cni.run import PluginError, find_plugin, plugin_error
from nerdpy.errors import FailedPrecondition, InvalidArgument, NotFound
from nerdpy.linux.spawn import Ended

ANSWER = """{"cniVersion": "1.0.0",
 "interfaces": [{"name": "nerdpy0", "mac": "a"}, {"name": "veth1", "mac": "b"},
                {"name": "eth0", "mac": "c", "sandbox": "/run/netns/x"}],
 "ips": [{"interface": 2, "address": "10.4.0.5/24", "gateway": "10.4.0.1"},
         {"interface": 2, "address": "fd00::5/64"}],
 "dns": {"nameservers": ["10.4.0.1"], "search": ["lan"]}}"""


def test_addresses_and_the_containers_own_interface_are_found() -> None:
    result = parse_result(ANSWER, "eth0")
    assert result.addresses == (
        Address(address="10.4.0.5", prefix_length=24, gateway="10.4.0.1"),
        Address(address="fd00::5", prefix_length=64),
    )
    assert [one.is_ipv6 for one in result.addresses] == [False, True]
    assert result.mac_address == "c"
    assert result.host_interfaces == ("nerdpy0", "veth1")
    assert (result.nameservers, result.search) == (("10.4.0.1",), ("lan",))


def test_the_form_of_old_versions_is_read_too() -> None:
    result = parse_result('{"ip4": {"ip": "10.4.0.5/24", "gateway": "10.4.0.1"}}', "eth0")
    assert result.addresses == (Address(address="10.4.0.5", prefix_length=24, gateway="10.4.0.1"),)


def test_no_json_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="not JSON"):
        parse_result("oops", "eth0")


@pytest.mark.parametrize(
    ("output", "talk", "expected"),
    [
        (b'{"code": 11, "msg": "no", "details": "why"}', b"", 'CNI plugin "bridge": no (why)'),
        (b"", b"panic: x\n", 'CNI plugin "bridge": panic: x'),
        (b"null", b"", 'CNI plugin "bridge": null'),
        (b"", b"", 'CNI plugin "bridge": exit status 1'),
    ],
)
def test_a_complaint_names_the_plugin(output: bytes, talk: bytes, expected: str) -> None:
    error = plugin_error("bridge", Ended(1, output, talk))
    assert error.message == expected
    assert isinstance(error, PluginError)


def test_a_missing_iptables_says_how_to_get_it() -> None:
    message = b'{"code": 999, "msg": "exec: \\"iptables\\": executable file not found in $PATH"}'
    error = plugin_error("portmap", Ended(1, message, b""))
    assert isinstance(error, FailedPrecondition)
    assert error.hint == "install the package iptables"


@pytest.mark.parametrize("name", ["no-such-plugin", "../../bin/sh", "/bin/sh"])
def test_only_plugins_of_the_folders_are_run(name: str) -> None:
    with pytest.raises(NotFound, match="is not in /bin"):
        find_plugin(name, ("/bin",))
