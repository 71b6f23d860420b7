"""Network files: CNI conflists in the standard folder, nerdpy's own, nerdctl's and anybody's."""

import json
import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.sha256 import hexdigest

SUFFIXES = (".conf", ".conflist", ".json")
CNI_VERSION = "1.0.0"
ID_FIELD = "nerdctlID"
LABELS_FIELD = "nerdctlLabels"
DEFAULT_LABEL = "nerdctl/default-network"
AUX_LABEL = "nerdctl/network-aux-addresses"
"""JSON of what --aux-address reserves: subnet -> name -> address."""
SETTINGS_FIELD = "nerdpy"
"""What a conflist has no field for: `options` (`-o`, in docker's names), `link`, `internal`,
`attachable`, `ipam_options`. Plugins, nerdctl and other readers pass the field over."""
GATEWAY_MODES = ("nat", "nat-unprotected", "routed", "isolated")
_GATEWAY_MODE = "com.docker.network.bridge.gateway_mode_ipv{}"
_HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4"
_INTERFACE_PREFIX = "com.docker.network.container_iface_prefix"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
"""CNI's own rule. A name is a folder's, too: below that of the addresses."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """One docker network, which is one conflist."""

    name: str
    content: dict[str, Any]
    """The conflist as loaded; a lone `.conf` has been wrapped into a list of one plugin."""
    path: Path | None = None

    @property
    def id(self) -> str:
        """Empty for files that neither nerdpy nor nerdctl wrote: those can be used, but not removed."""
        return str(self.content.get(ID_FIELD, ""))

    @property
    def shown_id(self) -> str:
        """The id by which it is shown and found; files of others get the one that nerdctl would give them."""
        return self.id or network_id(self.name)

    @property
    def labels(self) -> dict[str, str]:
        """docker's labels of the network."""
        found = self.content.get(LABELS_FIELD)
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    @property
    def is_default(self) -> bool:
        """Is it the one that `bridge` means?"""
        return self.labels.get(DEFAULT_LABEL) == "true"

    @property
    def settings(self) -> dict[str, Any]:
        """What nerdpy has noted besides the conflist's own fields; empty for networks of others."""
        found = self.content.get(SETTINGS_FIELD)
        return found if isinstance(found, dict) else {}

    @property
    def options(self) -> dict[str, str]:
        """`-o KEY=VALUE` as it was given, in docker's names."""
        found = self.settings.get("options")
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def gateway_mode(self, version: int) -> str:
        """How IPv4 or IPv6 (4, 6) of a bridge passes the host: one of GATEWAY_MODES.

        `nat`: masqueraded, published ports are translated, all others are closed to outsiders;
        `nat-unprotected`: the same, but every port is open to who has a route; `routed`: neither masqueraded
        nor translated, published ports are opened at the container's own address; `isolated`: the bridge
        of an internal network has no address.
        """
        return self.options.get(_GATEWAY_MODE.format(version)) or GATEWAY_MODES[0]

    @property
    def host_binding(self) -> str:
        """The address of the host that ports are published on when `-p` names none; empty: all."""
        return self.options.get(_HOST_BINDING, "")

    @property
    def interface_prefix(self) -> str:
        """What the interfaces in containers are called, before their number."""
        return self.options.get(_INTERFACE_PREFIX) or "eth"

    @property
    def is_internal(self) -> bool:
        """Has it no way out?"""
        if self.settings:
            return bool(self.settings.get("internal"))
        return self.driver == "bridge" and not self.plugins[0].get("isGateway")

    @cached_property
    def plugins(self) -> tuple[dict[str, Any], ...]:
        """The chain, in order of ADD."""
        return tuple(self.content.get("plugins") or ())

    @property
    def driver(self) -> str:
        """docker's word: the type of the first plugin."""
        return str(self.plugins[0].get("type", "")) if self.plugins else ""

    @property
    def bridge(self) -> str:
        """The bridge's interface name; empty for other drivers."""
        return str(self.plugins[0].get("bridge", "cni0")) if self.driver == "bridge" else ""

    @property
    def own_link(self) -> str:
        """The interface that goes with the network; empty: none, or one that was there before it."""
        return str(self.settings.get("link", self.bridge))

    @property
    def ipam(self) -> dict[str, Any]:
        """Who gives out its addresses: the first plugin's section."""
        found = self.plugins[0].get("ipam") if self.plugins else None
        return found if isinstance(found, dict) else {}

    @property
    def has_ipv6(self) -> bool:
        """Do its containers have IPv6 addresses?"""
        return any(":" in subnet for subnet in self.subnets())

    def subnets(self) -> Iterator[str]:
        """Every subnet that its IPAM hands addresses out of, as text, each once."""
        yield from dict.fromkeys(self._ranges())

    def _ranges(self) -> Iterator[str]:
        """One for each range: reserved addresses part a subnet into several."""
        for plugin in self.plugins:
            for part in ranges_of(plugin):
                if isinstance(part.get("subnet"), str):
                    yield part["subnet"]


def ranges_of(plugin: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The ranges of a plugin's addresses (the lone one of old files, too), whatever else a file may hold."""
    ipam = plugin.get("ipam")
    if not isinstance(ipam, dict):
        return
    if "subnet" in ipam:
        yield ipam
    range_sets = ipam.get("ranges")
    for range_set in range_sets if isinstance(range_sets, list) else ():
        yield from (one for one in range_set if isinstance(one, dict)) if isinstance(range_set, list) else ()


def network_id(name: str) -> str:
    """The id that nerdctl gives a network of this name."""
    return hexdigest(name)


def read_network(path: Path) -> Network | None:
    """The network in a file; None for a folder, and for a file that was removed since it was listed.

    InvalidArgument where it is none; OSError, of a link that leads nowhere, too. A pipe is not waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if path.is_symlink():
            raise
        return None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            return None
        if not stat.S_ISREG(mode):
            raise InvalidArgument(f'"{path}" is no network: it is no regular file')
        with open(descriptor, "rb", closefd=False) as file:
            return parse_network(file.read(), path)
    finally:
        os.close(descriptor)


def parse_network(text: str | bytes, path: Path | None = None) -> Network:
    """A conflist or a lone plugin configuration. InvalidArgument for what is none, or what no plugin could
    read (CNI specification 1.0.0, section 1)."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f'"{path}" is not JSON: {error}') from error
    if not isinstance(content, dict) or not isinstance(content.get("name"), str) or not content["name"]:
        raise InvalidArgument(f'"{path}" is no network: it has no name')
    if not _NAME.fullmatch(content["name"]):
        raise InvalidArgument(f'"{path}" is no network: "{content["name"]}" cannot be the name of one')
    if "plugins" not in content and "type" in content:
        plugin = {key: value for key, value in content.items() if key not in ("name", "cniVersion")}
        content = {"cniVersion": content.get("cniVersion", ""), "name": content["name"], "plugins": [plugin]}
    plugins = content.get("plugins")
    if not isinstance(plugins, list) or not all(isinstance(one, dict) and "type" in one for one in plugins):
        raise InvalidArgument(f'"{path}" is no network: it has no plugins')
    for key in filter(None, map(_odd_field, plugins)):
        raise InvalidArgument(f'"{path}" is no network: "{key}" of a plugin is not what it should be')
    return Network(name=content["name"], content=content, path=path)


def _odd_field(plugin: dict[str, Any]) -> str:
    """The first of a plugin's fields that no plugin could read; those that are not there are fine."""
    if not isinstance(plugin["type"], str):
        return "type"
    for key in ("ipam", "capabilities"):
        if not isinstance(plugin.get(key) or {}, dict):
            return key
    routes = (plugin.get("ipam") or {}).get("routes") or []
    if not isinstance(routes, list) or not all(isinstance(one, dict) for one in routes):
        return "routes"
    return "dst" if not all(isinstance(one.get("dst", ""), str) for one in routes) else ""


def network_files(*folders: Path) -> list[Path]:
    """The files in these folders that may be networks, sorted by path; a missing folder holds none."""
    found: list[Path] = []
    for folder in folders:
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found += (folder / name for name in names if name.endswith(SUFFIXES))
    return sorted(found)


def render_network(content: dict[str, Any]) -> str:
    """The text of a network's file."""
    return json.dumps(content, indent=2) + "\n"


def save_network(path: Path, content: dict[str, Any]) -> Network:
    """Write a network's file, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    for left in path.parent.glob(f".{path.name}.*"):  # of a writer that was killed: we hold the lock
        left.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(render_network(content))
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return Network(name=content["name"], content=content, path=path)
