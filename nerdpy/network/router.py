"""Forwarding is switched on for containers; the machine does not become everybody's router by it.

A machine that forwards hands on whatever reaches it: a neighbour on one wire could use it as the way to
another, or into a VPN. docker has iptables' FORWARD chain drop everything when it was docker who switched
forwarding on; our table drops what passes between the interfaces that were there before, and from them into
tunnels. Bridges that other tools make later are let be. Where forwarding was on already, somebody wants a
router.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nerdpy.engine import Engine, Warned
from nerdpy.linux.flock import locked
from nerdpy.linux.links import all_links
from nerdpy.linux.nftables import run_script
from nerdpy.network.rules import OwnRules, skeleton
from nerdpy.network.ruleset import switched_script
from nerdpy.paths import MACHINE_LOCK

SYSTEM = Path("/proc/sys/net")
_FORWARDING = {4: "ipv4/ip_forward", 6: "ipv6/conf/all/forwarding"}
_EVERY = {"all", "default"}


def switch_forwarding_on(engine: Engine, rules: OwnRules) -> None:
    """For the families that the network has, where it is off; two looks when it is on."""
    off = [family for family in _families(rules.subnets) if _is_off(family)]
    if not off:
        return
    with locked(MACHINE_LOCK):
        for family in filter(_is_off, off):
            there = [link.name for link in all_links() if link.name != rules.bridge]
            try:
                run_script(skeleton() + switched_script(family, there))
            except OSError as error:
                engine.notify(Warned(f"this machine now forwards whatever reaches it: {error.strerror}"))
            if family == 6:
                keep_advertisements(SYSTEM, there)
            with suppress(OSError):  # read-only: the plugin says so, if it matters
                (SYSTEM / _FORWARDING[family]).write_text("1")


def keep_advertisements(system: Path, links: Iterable[str]) -> None:
    """A kernel that forwards IPv6 forgets the default routes that routers have advertised, and hears no more
    of them, unless the interface is told to listen all the same (`accept_ra` 2, ip-sysctl.rst)."""
    for name in set(links) - _EVERY:
        knob = system / "ipv6/conf" / name / "accept_ra"
        with suppress(OSError):
            if knob.read_text().strip() == "1":
                knob.write_text("2")


def _families(subnets: Iterable[str]) -> list[int]:
    return sorted({6 if ":" in subnet else 4 for subnet in subnets})


def _is_off(family: int) -> bool:
    try:
        return (SYSTEM / _FORWARDING[family]).read_text().strip() == "0"
    except OSError:
        return False
