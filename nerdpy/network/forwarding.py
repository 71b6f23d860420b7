"""Where the FORWARD chain drops what it does not know (docker and ufw set it so): let our bridges through.

An accept in a table of our own can't overrule a drop in iptables', so this takes rules there, in a chain of
ours.
"""

from nerdpy.linux.flock import locked
from nerdpy.linux.spawn import find_tool, run_tool
from nerdpy.paths import MACHINE_LOCK

CHAIN = "NERDPY-FORWARD"


def let_through(bridge: str) -> None:
    """What leaves the bridge, the answers to it, and published ports; cheap when the rules stand already."""
    for tool in filter(None, (find_tool("iptables"), find_tool("ip6tables"))):
        rules = _rules(bridge)
        if all(_run(tool, "-C", *rule) for rule in rules):
            continue
        with locked(MACHINE_LOCK):
            _run(tool, "-N", CHAIN)
            for rule in rules:
                if not _run(tool, "-C", *rule):
                    _run(tool, "-I" if rule[0] == "FORWARD" else "-A", *rule)


def stop(bridge: str) -> None:
    """Take the bridge's rules away; the chain goes with the last of them."""
    for tool in filter(None, (find_tool("iptables"), find_tool("ip6tables"))):
        jump, *own = _rules(bridge)
        if not _run(tool, "-C", *jump):
            continue
        with locked(MACHINE_LOCK):
            for rule in own:
                _run(tool, "-D", *rule)
            if run_tool(tool, "-w", "-S", CHAIN).output.count(b"\n") == 1:
                _run(tool, "-D", *jump)
                _run(tool, "-X", CHAIN)


def _rules(bridge: str) -> tuple[tuple[str, ...], ...]:
    known = "RELATED,ESTABLISHED,DNAT"
    return (
        ("FORWARD", "-j", CHAIN),
        (CHAIN, "-i", bridge, "-j", "ACCEPT"),
        (CHAIN, "-o", bridge, "-m", "conntrack", "--ctstate", known, "-j", "ACCEPT"),
    )


def _run(tool: str, *arguments: str) -> bool:
    return run_tool(tool, "-w", *arguments).status == 0
