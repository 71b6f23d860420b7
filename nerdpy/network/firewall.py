"""Published ports pass the firewalls that guard the host itself: say so where one of them would have refused.

What is for a container never comes to the input chain, where ufw, firewalld and hand-written rules stand
(docker's oldest surprise). Only files and one dump of the kernel's chains are looked at: no program is run.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from nerdpy.engine import Engine, Warned
from nerdpy.errors import PermissionDenied
from nerdpy.linux.netfilter import INPUT, dropping_chains, names_port
from nerdpy.linux.nftables import has_table
from nerdpy.model.ports import PortMapping
from nerdpy.network.ruleset import TABLE

ETC = Path("/etc")
LIB = Path("/usr/lib")
_PUBLIC = ("0.0.0.0", "::")


def guard(engine: Engine, mappings: Iterable[PortMapping]) -> None:
    """Warn of ports that are open to everybody although a firewall denies them; with `publish_public =
    "refuse"` that is PermissionDenied, and with `"allow"` nobody looks."""
    policy = engine.config.publish_public
    public: dict[tuple[int, str], PortMapping] = {}
    for one in sorted(mappings, key=lambda one: ":" in one.host_ip):
        if one.host_ip in _PUBLIC and one.host_port:
            public.setdefault((one.host_port, one.protocol), one)
    if policy == "allow" or not public:
        return
    found: dict[str, list[int]] = {}
    for (port, _), mapping in sorted(public.items()):
        if denying := denier_of(mapping):
            found.setdefault(denying, []).append(port)
    for denying, ports in found.items():
        which = f"port {ports[0]} is" if len(ports) == 1 else f"ports {', '.join(map(str, ports))} are"
        what = f"{which} open to everybody although {denying} denies it"
        way = f"publish 127.0.0.1:{ports[0]}"
        if policy == "refuse":
            raise PermissionDenied(
                what.replace(" is ", " would be ").replace(" are ", " would be "),
                hint=f"{way}, or set publish_public in nerdpy.toml",
            )
        engine.notify(Warned(f'{what}: {way}, or set publish_public = "allow" in nerdpy.toml'))


def denier_of(mapping: PortMapping, etc: Path = ETC, lib: Path = LIB) -> str:
    """The firewall that refuses this port of the host to everybody; empty when none does."""
    if (default := _ufw_default(etc)) in {"drop", "reject"}:
        return "" if ufw_allows(etc, mapping) else "ufw"
    if has_table("firewalld"):
        return "" if firewalld_allows(etc, lib, mapping) else "firewalld"
    for chain in dropping_chains(INPUT) if not default else ():
        is_ours = chain.table == TABLE
        if not is_ours and not names_port(chain, mapping.host_port):
            return f"chain {chain.name} of table {chain.family} {chain.table}"
    return ""


def _ufw_default(etc: Path) -> str:
    """What an active ufw does with what no rule names: `drop`, `reject` or `accept`; empty: it is not
    active."""
    if not re.search(r"(?im)^\s*ENABLED\s*=\s*\"?yes", _read(etc / "ufw/ufw.conf")):
        return ""
    found = re.search(r"(?m)^\s*DEFAULT_INPUT_POLICY\s*=\s*\"?(\w+)", _read(etc / "default/ufw"))
    return found.group(1).lower() if found else "drop"


def ufw_allows(etc: Path, mapping: PortMapping) -> bool:
    """Is there a rule that lets everybody in? (`### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in`: what,
    protocol, port, destination, source port, source, direction)"""
    name, everybody = (
        ("ufw/user6.rules", "::/0") if ":" in mapping.host_ip else ("ufw/user.rules", "0.0.0.0/0")
    )
    for line in _read(etc / name).splitlines():
        if not line.startswith("### tuple ### "):
            continue
        action, protocol, ports, _, _, source, *_ = [*line.split()[3:], *[""] * 6]
        is_open = action.removeprefix("route:").partition("_")[0] in {"allow", "limit"}
        is_ours = protocol in {"any", mapping.protocol} and (
            ports == "any" or _is_among(mapping.host_port, ports.replace(":", "-"))
        )
        if is_open and is_ours and source == everybody:
            return True
    return False


def firewalld_allows(etc: Path, lib: Path, mapping: PortMapping) -> bool:
    """Is the port open in the default zone, or in one that somebody has changed? (Our bridges are in
    `trusted`.)"""
    found = re.search(r"(?m)^\s*DefaultZone\s*=\s*(\S+)", _read(etc / "firewalld/firewalld.conf"))
    default = found.group(1) if found else "public"
    if default == "trusted":
        return True
    changed = {path.stem for path in (etc / "firewalld/zones").glob("*.xml")} - {"trusted"}
    return any(_zone_allows(etc, lib, zone, mapping) for zone in {default, *changed})


def _zone_allows(etc: Path, lib: Path, zone: str, mapping: PortMapping) -> bool:
    text = _xml(etc, lib, f"zones/{zone}.xml")
    if re.search(r"<zone[^>]*target=\"ACCEPT\"", text):
        return True
    services = re.findall(r"<service\s[^>]*name=\"([\w.-]+)\"", text)
    texts = [text, *(_xml(etc, lib, f"services/{name}.xml") for name in services)]
    for one in re.findall(r"<port\s([^>]*)>", "".join(texts)):
        fields = dict(re.findall(r"(\w+)=\"([^\"]*)\"", one))
        if fields.get("protocol") == mapping.protocol and _is_among(
            mapping.host_port, fields.get("port", "")
        ):
            return True
    return False


def _xml(etc: Path, lib: Path, name: str) -> str:
    """A file of firewalld's, as changed or as it came."""
    return _read(etc / "firewalld" / name) or _read(lib / "firewalld" / name)


def _is_among(port: int, text: str) -> bool:
    """Is the port one of `80,443,8000-8010`?"""
    for part in text.split(","):
        first, dash, last = part.partition("-")
        is_range = first.isdecimal() and (last.isdecimal() or not dash)
        if is_range and int(first) <= port <= int(last if dash else first):
            return True
    return False


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
