"""What containers and networks that are gone have left in the network.

`network/tags.py` tells how each thing says whose it is; what says nothing is not ours.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from nerdpy.linux import netns
from nerdpy.linux.links import NOWHERE, all_links, number_of_namespace
from nerdpy.linux.netlink import delete_link, index_of
from nerdpy.linux.spawn import find_tool, run_tool
from nerdpy.model.identifier import is_full_id
from nerdpy.model.ports import PortMapping
from nerdpy.network import rules
from nerdpy.network.ruleset import BRIDGES, OPEN, TABLE
from nerdpy.network.tags import LINK, NETWORK
from nerdpy.system.leak import Leak, Living, container, entries, since

_TAG = re.compile(r"([0-9a-f]{8})-(.+-[0-9a-f]{64})")
_NOT_ADDRESSES = re.compile(r"lock|last_reserved_ip\..*")


def leaked_links(living: Living) -> Iterator[Leak]:
    """All of it."""
    yield from _ports_and_rules(living)
    yield from _links(living)
    yield from _pins(living)
    yield from _addresses(living)
    yield from _drafts(living)


def _ports_and_rules(living: Living) -> Iterator[Leak]:
    own = living.engine.paths.state.name
    bridges = {network.bridge for network in living.engine.cni.networks_of_all_namespaces()}
    for set_name, key, comment in _elements():
        tag = _TAG.fullmatch(comment)
        if set_name == BRIDGES and key[0] not in bridges and not index_of(str(key[0])):
            yield Leak(
                kind="rule",
                name=f"{TABLE} {key[0]}",
                owner=f"bridge {key[0]}",
                remove=partial(_forget_bridge, str(key[0]), comment),
            )
        elif tag and tag[1] == own:
            namespace, _, container_id = tag[2].rpartition("-")
            if not living.is_attached(namespace, container_id):
                yield _port(set_name, key, comment, container(namespace, container_id))


def _port(set_name: str, key: list[Any], tag: str, owner: str) -> Leak:
    *host, protocol, number = key
    default = "::" if set_name.endswith("6") else "0.0.0.0"
    mapping = PortMapping(
        host_ip=str(host[0]) if host else default,
        host_port=int(number),
        container_port=1,
        protocol=str(protocol),
    )
    return Leak(
        kind="port",
        name=f"{mapping.host_ip}:{number}/{protocol}",
        owner=owner,
        remove=partial(rules.unpublish, tag, rules.possible([mapping]), OPEN),
    )


def _elements() -> Iterator[tuple[str, list[Any], str]]:
    """(set, key in its parts, comment) of each element of our table that has a comment."""
    tool = find_tool("nft")
    ended = run_tool(tool, "-n", "-j", "list", "table", "inet", TABLE) if tool else None
    with suppress(ValueError, KeyError):
        for item in json.loads(ended.output)["nftables"] if ended is not None else ():
            content = item.get("set") or item.get("map")
            for entry in (content or {}).get("elem", ()):
                found = entry[0] if isinstance(entry, list) else entry
                if isinstance(found, dict) and "comment" in found.get("elem", {}):
                    value = found["elem"]["val"]
                    key = value["concat"] if isinstance(value, dict) else [value]
                    yield (
                        content["name"],
                        [_PROTOCOLS.get(part, part) for part in key],
                        found["elem"]["comment"],
                    )


_PROTOCOLS = {6: "tcp", 17: "udp", 132: "sctp"}


def _forget_bridge(name: str, summary: str) -> None:
    rules.take_down(rules.parse_summary(name, summary))


def _links(living: Living) -> Iterator[Leak]:
    own = LINK + living.engine.paths.state.name + "-"
    ends = {}
    for path in entries(living.engine.paths.netns("").parent):
        number = number_of_namespace(path)
        if number != NOWHERE:
            ends[number] = path.name
    for link in all_links():
        if link.alias.startswith(NETWORK):
            yield from _bridge(living, link.name, Path(link.alias.removeprefix(NETWORK)))
        elif link.alias.startswith(own) or (link.kind == "veth" and link.other_end in ends):
            known = link.alias.removeprefix(own) if link.alias.startswith(own) else ends[link.other_end]
            namespace, _, container_id = known.rpartition("-")
            if is_full_id(container_id) and not living.is_attached(namespace, container_id):
                yield Leak(
                    kind="link",
                    name=link.name,
                    owner=container(namespace, container_id),
                    remove=partial(delete_link, link.name),
                )


def _bridge(living: Living, name: str, network: Path) -> Iterator[Leak]:
    """One whose file lies where our networks are, and is not there; unless somebody is just changing it."""
    cni = living.engine.cni
    if cni.netconf in network.parents and not network.exists() and not cni.is_being_changed():
        owner = f"network {network.stem.removeprefix('nerdctl-')}"
        yield Leak(kind="link", name=name, owner=owner, remove=partial(delete_link, name))


def _drafts(living: Living) -> Iterator[Leak]:
    """Half-written network files: their names tell the writer's pid."""
    cni = living.engine.cni
    for path in sorted(cni.netconf.glob("**/.*.conflist.*")):
        pid = path.suffix[1:]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            yield Leak(
                kind="draft",
                name=str(path),
                owner=f"process {pid}",
                since=since(path),
                remove=partial(path.unlink, missing_ok=True),
            )


def _pins(living: Living) -> Iterator[Leak]:
    paths = living.engine.paths
    for kind, folder in (("netns", paths.netns("").parent), ("userns", paths.userns("").parent)):
        for path in entries(folder):
            namespace, _, container_id = path.name.rpartition("-")
            if is_full_id(container_id) and not living.has(namespace, container_id):
                yield Leak(
                    kind=kind,
                    name=str(path),
                    owner=container(namespace, container_id),
                    since=since(path),
                    remove=partial(netns.remove, path),
                )


def _addresses(living: Living) -> Iterator[Leak]:
    names = {network.name for network in living.engine.cni.networks_of_all_namespaces()}
    for folder in entries(living.engine.cni.addresses):
        files = [path for path in entries(folder) if not _NOT_ADDRESSES.fullmatch(path.name)]
        for path in files:
            try:
                tag = path.read_text().split()[0]
            except (OSError, IndexError, ValueError):
                continue
            namespace, _, container_id = tag.rpartition("-")
            if not is_full_id(container_id):
                continue  # somebody else has asked the plugin for it, by hand
            if not living.is_attached(namespace, container_id) and not living.is_elsewhere(tag):
                yield Leak(
                    kind="address",
                    name=f"{folder.name} {path.name}",
                    owner=container(namespace, container_id),
                    since=since(path),
                    remove=partial(path.unlink, missing_ok=True),
                )
        if folder.name not in names and not files and not living.engine.cni.is_being_changed():
            yield Leak(
                kind="folder",
                name=str(folder),
                owner=f"network {folder.name}",
                since=since(folder),
                remove=partial(shutil.rmtree, folder, ignore_errors=True),
            )
