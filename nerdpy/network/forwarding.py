"""Where other firewalls drop what they do not know: let our bridges through.

An accept in a table of our own can't overrule a drop in another's. So what docker and ufw drop in iptables'
FORWARD chain takes rules there, in a chain of ours; firewalld is told that it may trust the bridge. What may
reach a container from outside is decided by our own table in any case.
"""

from collections.abc import Sequence

from nerdpy.errors import NerdpyError
from nerdpy.linux.flock import locked
from nerdpy.linux.nftables import IPV4, IPV6, Element, Nftables, run_script
from nerdpy.linux.spawn import find_tool, run_tool
from nerdpy.network.ruleset import BRIDGES, TABLE, TRUSTED
from nerdpy.paths import MACHINE_LOCK

CHAIN = "NERDPY-FORWARD"
FIREWALLD = "firewalld"
_TOOLS = {IPV4: "iptables", IPV6: "ip6tables"}
_ZONE = "--zone=trusted"
_JUMP = ("FORWARD", "-j", CHAIN)


def let_through(bridge: str, families: Sequence[int]) -> None:
    """What leaves the bridge and what goes there; cheap when the rules stand already. If not, those of our
    other bridges may be gone as well (`iptables -F`), or were not needed until ufw was switched on."""
    for tool in filter(None, (find_tool(_TOOLS[family]) for family in families)):
        if all(_run(tool, "-C", *rule) for rule in (_JUMP, *_rules(bridge))):
            continue
        with locked(MACHINE_LOCK):
            _run(tool, "-N", CHAIN)
            for rule in (_JUMP, *(rule for one in sorted({bridge, *bridges()}) for rule in _rules(one))):
                if not _run(tool, "-C", *rule):
                    _run(tool, "-I" if rule is _JUMP else "-A", *rule)


def bridges() -> list[str]:
    """Those that our table knows."""
    with Nftables(TABLE) as table:
        return [one.key.rstrip(b"\0").decode() for one in table.elements(BRIDGES)]


def stop(bridge: str) -> None:
    """Take the bridge's rules away; the chain goes with the last of them."""
    for tool in filter(None, map(find_tool, _TOOLS.values())):
        listed = run_tool(tool, "-w", "-S", CHAIN)
        own = [line.split()[1:] for line in listed.output.decode().splitlines() if bridge in line.split()]
        if listed.status == 0 and own:
            with locked(MACHINE_LOCK):
                for rule in own:
                    _run(tool, "-D", *rule)
                if run_tool(tool, "-w", "-S", CHAIN).output.count(b"\n") == 1:
                    _run(tool, "-D", *_JUMP)
                    _run(tool, "-X", CHAIN)
    _distrust(bridge)


def trust(bridge: str) -> None:
    """Have firewalld let the bridge's containers out, and reach the host's resolver, as docker has it."""
    known = Element(TRUSTED, bridge.encode().ljust(16, b"\0"))
    with Nftables(TABLE) as table:
        if table.comment_of(known) is not None or not _has_zone(bridge):
            return
        table.change(add=[known])


def _has_zone(bridge: str) -> bool:
    """Put the bridge into firewalld's trusted zone, now and for its next start; a firewalld that does not
    answer (one of another machine's rules, restored) has its chains written to."""
    tool = find_tool("firewall-cmd")
    if tool and run_tool(tool, _ZONE, f"--change-interface={bridge}").status == 0:
        run_tool(tool, "--permanent", _ZONE, f"--add-interface={bridge}")
        return True
    ways = ("filter_FORWARD iifname", "filter_FORWARD oifname", "filter_INPUT iifname")
    try:
        if bridge not in run_tool(find_tool("nft"), "list", "table", "inet", FIREWALLD).output.decode():
            run_script("".join(f'insert rule inet {FIREWALLD} {way} "{bridge}" accept\n' for way in ways))
    except OSError as error:
        raise NerdpyError(
            f"firewalld does not let the containers of {bridge} out: {error.strerror}",
            hint=f"firewall-cmd {_ZONE} --add-interface={bridge}",
        ) from error
    return False


def _distrust(bridge: str) -> None:
    """As if firewalld had never heard of it."""
    nft, tool = find_tool("nft"), find_tool("firewall-cmd")
    listed = run_tool(nft, "--handle", "list", "table", "inet", FIREWALLD) if nft else None
    if listed is None or listed.status != 0:
        return
    if tool and run_tool(tool, _ZONE, f"--query-interface={bridge}").status == 0:
        run_tool(tool, _ZONE, f"--remove-interface={bridge}")
        run_tool(tool, "--permanent", _ZONE, f"--remove-interface={bridge}")
        return
    chain = ""
    for line in listed.output.decode().splitlines():
        words = line.split()
        chain = words[1] if words[:1] == ["chain"] else chain
        if f'"{bridge}"' in words and words[-3:-1] == ["#", "handle"]:
            run_tool(nft, "delete", "rule", "inet", FIREWALLD, chain, "handle", words[-1])


def _rules(bridge: str) -> tuple[tuple[str, ...], ...]:
    return (CHAIN, "-i", bridge, "-j", "ACCEPT"), (CHAIN, "-o", bridge, "-j", "ACCEPT")


def _run(tool: str, *arguments: str) -> bool:
    return run_tool(tool, "-w", *arguments).status == 0
