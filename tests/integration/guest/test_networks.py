"""Networks that stand on interfaces which this machine's own kernel has not: VLANs, dummies, ipvlan."""

from hack.guest.machine import Guest
from tests.integration.guest.conftest import Nerdpy, insist


def links(guest: Guest) -> str:
    return insist(guest, "ip", "-o", "-d", "link").out


def test_a_parent_is_made_for_a_network_and_goes_with_it(guest: Guest, nerdpy: Nerdpy) -> None:
    insist(guest, "ip", "link", "add", "wire0", "type", "dummy")
    insist(guest, "ip", "link", "set", "wire0", "up")
    nerdpy("network", "create", "-d", "macvlan", "lonely")
    nerdpy("network", "create", "-d", "ipvlan", "-o", "parent=wire0.10", "-o", "ipvlan_mode=l3s", "tagged")
    shown = links(guest)
    assert "vlan protocol 802.1Q id 10" in shown
    assert "dm-" in shown
    both = ("--network", "tagged", "--network", "lonely", "busybox")
    nerdpy("run", "-d", "--name", "one", *both, "busybox", "sleep", "inf")
    nerdpy("run", "--rm", "--network", "tagged", "busybox", "ping", "-c1", "-W9", "one")
    nerdpy("rm", "-f", "one")
    insist(guest, "ip", "link", "del", "wire0.10")  # a parent that is gone, as after a reboot, is made again
    shown = nerdpy("run", "--rm", *both, "ip", "-o", "link").out
    assert "eth0" in shown
    assert "eth1" in shown
    nerdpy("network", "rm", "lonely", "tagged")
    shown = links(guest)
    assert "vlan protocol" not in shown  # (a bridge has a vlan_protocol)
    assert "dm-" not in shown
    insist(guest, "ip", "link", "del", "wire0")
