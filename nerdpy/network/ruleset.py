"""Pure: the text of nerdpy's nftables table. The maps' elements are published ports (see `rules.py`)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nerdpy.network.rules import OwnRules

TABLE = "nerdpy"
BRIDGES = "bridges"
TRUSTED = "trusted"
"""The bridges that firewalld has been told of."""
SWITCHED = "switched"
"""The families that nerdpy has switched forwarding on for."""
OPEN = ("open4", "open6")
"""The sets of ports that are published at containers' own addresses."""
ROUTED, UNPROTECTED = "routed", "nat-unprotected"

_SETS = """\
table inet nerdpy {
  map host4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map host6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
  map any6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
  set open4 { type ipv4_addr . inet_proto . inet_service; }
  set open6 { type ipv6_addr . inet_proto . inet_service; }
  set bridges { type ifname; }
  set isolated { type ifname; }
  set internal { type ifname; }
  set closed4 { type ifname; }
  set closed6 { type ifname; }
  set routed4 { type ifname; }
  set routed6 { type ifname; }
  set trusted { type ifname; }
  set switched { type nf_proto; }
  set there { type ifname; }
  set same { type ifname . ifname; }
  set home4 { type ipv4_addr . ifname; flags interval; }
  set home6 { type ipv6_addr . ifname; flags interval; }
  set guarded4 { type ipv4_addr; flags interval; }
  set guarded6 { type ipv6_addr; flags interval; }
  set masqueraded4 { type ipv4_addr; flags interval; }
  set masqueraded6 { type ipv6_addr; flags interval; }
  chain published { }
  chain strangers { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; }
  chain output { type nat hook output priority -100; policy accept; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; }
  chain forward { type filter hook forward priority 0; policy accept; }
  chain loopback { type filter hook prerouting priority -300; policy accept; }
}
"""
_CHAINS = {
    "published": """\
    dnat ip to ip daddr . meta l4proto . th dport map @host4
    dnat ip to meta l4proto . th dport map @any4
    dnat ip6 to ip6 daddr . meta l4proto . th dport map @host6
    dnat ip6 to meta l4proto . th dport map @any6
""",
    "prerouting": """\
    iifname != "lo" iifname != @bridges ip daddr @guarded4 drop
    iifname != "lo" iifname != @bridges ip6 daddr @guarded6 drop
    fib daddr type local jump published
""",
    "output": """\
    ip6 daddr ::1 return
    fib daddr type local jump published
""",
    "postrouting": """\
    ct status dnat ip saddr . oifname @home4 masquerade
    ct status dnat ip6 saddr . oifname @home6 masquerade
    ip saddr 127.0.0.0/8 oifname @bridges masquerade
    ip saddr . oifname @home4 return
    ip6 saddr . oifname @home6 return
    ip daddr 224.0.0.0/4 return
    ip6 daddr ff00::/8 return
    ip saddr @masqueraded4 masquerade
    ip6 saddr @masqueraded6 masquerade
""",
    "forward": """\
    ct state established,related accept
    iifname . oifname @same accept
    iifname @internal drop
    oifname @internal drop
    ct status dnat accept
    ip daddr . meta l4proto . th dport @open4 accept
    ip6 daddr . meta l4proto . th dport @open6 accept
    iifname @bridges oifname @isolated drop
    oifname @routed4 meta l4proto icmp accept
    oifname @routed6 meta l4proto ipv6-icmp accept
    oifname @closed4 meta nfproto ipv4 drop
    oifname @closed6 meta nfproto ipv6 drop
    meta nfproto @switched jump strangers
""",
    "strangers": """\
    iifname @bridges accept
    oifname @bridges accept
    iifname @there oifname @there drop
    iifname @there oifname "tun*" drop
    iifname @there oifname "wg*" drop
    iifname @there oifname "ppp*" drop
""",
    "loopback": """\
    iifname != "lo" ip daddr 127.0.0.0/8 drop
""",
}
"""Why each rule. Loopback: whoever is on our wire must not reach what is published on 127.0.0.1 by sending
packets to that address, which our bridges (and after kube-proxy all interfaces) would take in. Prerouting:
nor must the host's address on a bridge lead anybody from outside in, be it to a port published there, to the
name server or to another server of the host. Output: the kernel sends nothing from ::1 to another interface,
so that is carried by a process (`monitor/relay.py`). Postrouting: a container that reaches a neighbour by a
published port must get the answer by way of the host, where the address is translated back; so must the host
when it talks from 127.0.0.1; within its own bridge a container keeps its address; all else leaves under the
host's. Forward: who has a route to a container's address reaches nothing by it but what is published there,
in a routed network. Strangers: see `router.py`."""
_NO_LOCALNET = "    ip daddr 127.0.0.0/8 return\n"


def skeleton_script(*, has_localnet: bool = True) -> str:
    """Make the table, or set its chains right; elements stay. Without `has_localnet` the kernel can't be told
    to send what comes from 127.0.0.1 to a bridge: a process carries that, too."""
    flushing = "".join(f"flush chain inet {TABLE} {name}\n" for name in _CHAINS)
    chains = "".join(
        f"  chain {name} {{\n{_NO_LOCALNET if name == 'output' and not has_localnet else ''}{body}  }}\n"
        for name, body in _CHAINS.items()
    )
    return f"{_SETS}{flushing}table inet {TABLE} {{\n{chains}}}\n"


def switched_script(family: int, there: Sequence[str]) -> str:
    """Tell the table that forwarding was switched on for the family, and which links were there before."""
    names = ", ".join(f'"{name}"' for name in there)
    return _line("add", SWITCHED, f"ipv{family}") + (_line("add", "there", names) if there else "")


def network_script(rules: "OwnRules") -> str:
    """Tell the table of a network."""
    return "".join(_elements("add", rules))


def withdrawal_script(rules: "OwnRules") -> str:
    """Make the table forget it, whatever of it is there: what is deleted must exist, so it is added first."""
    pairs = zip(_elements("add", rules), _elements("delete", rules), strict=True)
    trusted = f'"{rules.bridge}"'
    more = (_line("add", TRUSTED, trusted), _line("delete", TRUSTED, trusted))
    return "".join([*(line for pair in pairs for line in pair), *more])


def _elements(verb: str, rules: "OwnRules") -> list[str]:
    bridge = f'"{rules.bridge}"'
    comment = f' comment "{rules.summary}"' if verb == "add" else ""
    lines = [
        _line(verb, BRIDGES, bridge + comment),
    ]
    if not rules.keeps_apart:
        lines.append(_line(verb, "same", f"{bridge} . {bridge}"))
    named = {
        "isolated": rules.isolates,
        "internal": rules.is_internal,
        "closed4": rules.mode4 != UNPROTECTED,
        "closed6": rules.mode6 != UNPROTECTED,
        "routed4": rules.mode4 == ROUTED,
        "routed6": rules.mode6 == ROUTED,
    }
    lines += [_line(verb, name, bridge) for name, is_in in named.items() if is_in]
    for subnet in rules.subnets:
        family = 6 if ":" in subnet else 4
        mode = rules.mode6 if family == 6 else rules.mode4
        lines.append(_line(verb, f"home{family}", f"{subnet} . {bridge}"))
        if mode not in (ROUTED, UNPROTECTED):
            lines.append(_line(verb, f"guarded{family}", subnet))
        if rules.masquerades and mode != ROUTED:
            lines.append(_line(verb, f"masqueraded{family}", subnet))
    return lines


def _line(verb: str, name: str, element: str) -> str:
    return f"{verb} element inet {TABLE} {name} {{ {element} }}\n"
