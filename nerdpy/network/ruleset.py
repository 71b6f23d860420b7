"""Pure: the text of nerdpy's nftables table. The maps' elements are published ports (see `rules.py`)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nerdpy.network.rules import OwnRules

TABLE = "nerdpy"
BRIDGES = "bridges"

_SKELETON = """\
table inet nerdpy {
  map host4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map host6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
  map any6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
  set bridges { type ifname; }
  set isolated { type ifname; }
  set same { type ifname . ifname; }
  set home4 { type ipv4_addr . ifname; flags interval; }
  set home6 { type ipv6_addr . ifname; flags interval; }
  set masqueraded4 { type ipv4_addr; flags interval; }
  set masqueraded6 { type ipv6_addr; flags interval; }
  chain published { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; }
  chain output { type nat hook output priority -100; policy accept; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; }
  chain forward { type filter hook forward priority 0; policy accept; }
  chain loopback { type filter hook prerouting priority -300; policy accept; }
}
flush chain inet nerdpy published
flush chain inet nerdpy prerouting
flush chain inet nerdpy output
flush chain inet nerdpy postrouting
flush chain inet nerdpy forward
flush chain inet nerdpy loopback
table inet nerdpy {
  chain published {
    dnat ip to ip daddr . meta l4proto . th dport map @host4
    dnat ip to meta l4proto . th dport map @any4
    dnat ip6 to ip6 daddr . meta l4proto . th dport map @host6
    dnat ip6 to meta l4proto . th dport map @any6
  }
  chain prerouting { fib daddr type local jump published; }
  chain output { fib daddr type local jump published; }
  chain postrouting {
    ct status dnat ip saddr . oifname @home4 masquerade
    ct status dnat ip6 saddr . oifname @home6 masquerade
    ip saddr 127.0.0.0/8 oifname @bridges masquerade
    ip saddr . oifname @home4 return
    ip6 saddr . oifname @home6 return
    ip daddr 224.0.0.0/4 return
    ip6 daddr ff00::/8 return
    ip saddr @masqueraded4 masquerade
    ip6 saddr @masqueraded6 masquerade
  }
  chain forward {
    ct state established,related accept
    ct status dnat accept
    iifname . oifname @same accept
    iifname @bridges oifname @isolated drop
  }
  chain loopback { iifname @bridges ip daddr 127.0.0.0/8 drop; }
}
"""
"""Why each rule of postrouting: a container that reaches a neighbour by a published port must get the answer
by way of the host, where the address is translated back; so must the host when it talks from 127.0.0.1;
within its own bridge a container keeps its address; everything else leaves under the host's."""


def skeleton_script() -> str:
    """Make the table, or set its chains right; elements stay."""
    return _SKELETON


def network_script(rules: "OwnRules") -> str:
    """Tell the table of a network."""
    return "".join(_elements("add", rules))


def withdrawal_script(rules: "OwnRules") -> str:
    """Make the table forget it, whatever of it is there: what is deleted must exist, so it is added first."""
    pairs = zip(_elements("add", rules), _elements("delete", rules), strict=True)
    return "".join(line for pair in pairs for line in pair)


def _elements(verb: str, rules: "OwnRules") -> list[str]:
    bridge = f'"{rules.bridge}"'
    comment = f' comment "{rules.summary}"' if verb == "add" else ""
    lines = [
        _line(verb, BRIDGES, bridge + comment),
        _line(verb, "same", f"{bridge} . {bridge}"),
    ]
    if rules.isolates:
        lines.append(_line(verb, "isolated", bridge))
    for subnet in rules.subnets:
        family = 6 if ":" in subnet else 4
        lines.append(_line(verb, f"home{family}", f"{subnet} . {bridge}"))
        if rules.masquerades:
            lines.append(_line(verb, f"masqueraded{family}", subnet))
    return lines


def _line(verb: str, name: str, element: str) -> str:
    return f"{verb} element inet {TABLE} {name} {{ {element} }}\n"
