"""What a parent's name asks for."""

import pytest

from nerdpy.errors import NotFound
from nerdpy.linux.vlan import dummy_request, vlan_request
from nerdpy.network.links import Parent, parse_parent


def test_a_name_with_a_number_is_a_vlan() -> None:
    assert parse_parent("eth0.10") == Parent(kind="vlan", name="eth0.10", below="eth0", number=10)
    assert parse_parent("eth0.10.4094").below == "eth0.10"
    assert parse_parent("dm-0123456789ab").kind == "dummy"


@pytest.mark.parametrize("name", ["eth0", "eth0.", ".10", "eth0.0", "eth0.4095", "eth0.x", "eth0.-1"])
def test_any_other_name_must_be_there(name: str) -> None:
    with pytest.raises(NotFound, match=f'no interface "{name}"'):
        parse_parent(name)


def test_the_kernel_is_told_kind_name_parent_and_number() -> None:
    wanted = vlan_request("eth0.10", 7, 10)
    for part in (b"eth0.10\0", b"\x05\x00\x07\x00\x00\x00", b"vlan", b"\x01\x00\x0a\x00"):
        assert part in wanted
    assert b"dummy" in dummy_request("dm-1")
