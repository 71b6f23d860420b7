"""nerdpy's settings: flag, then environment, then nerdpy.toml, then default (reference: docs/config.md).

`load` is pure: it gets flags, environment and the file's text, and returns one frozen Config. nerdctl's
variable and
file names are accepted where nerdpy has none of its own. `os.environ` is read by `cli/` only.
"""

import re
from collections.abc import Mapping
from typing import Any

from nerdpy.dataclass import dataclass, field, fields
from nerdpy.errors import InvalidArgument, UsageError

SYSTEM_ADDRESS = "/run/containerd/containerd.sock"
CNI_PATHS = (
    "/opt/cni/bin",
    "/usr/local/libexec/cni",
    "/usr/local/lib/cni",
    "/usr/libexec/cni",
    "/usr/lib/cni",
)
FILES = ("/etc/nerdpy/nerdpy.toml", "/etc/nerdctl/nerdctl.toml")
"""Read in this order; the first that exists is the configuration."""
FILE_VARIABLES = ("NERDPY_TOML", "NERDCTL_TOML")


@dataclass(frozen=True, kw_only=True)
class Config:
    """One value per key of nerdpy.toml. Paths are text as given; lists are tuples."""

    debug: bool = False
    debug_full: bool = False
    address: str = ""
    """containerd's socket; empty: the standard socket if it answers, else the private engine's."""
    namespace: str = "default"
    snapshotter: str = "overlayfs"
    cni_path: str = ""
    """Where the CNI plugins are; empty: the first of CNI_PATHS that exists."""
    cni_netconfpath: str = "/etc/cni/net.d"
    data_root: str = "/var/lib/nerdpy"
    state_root: str = "/run/nerdpy"
    cgroup_manager: str = ""
    """`systemd`, `cgroupfs` or `none`; empty: as the machine suggests."""
    insecure_registry: bool = False
    hosts_dir: tuple[str, ...] = ("/etc/containerd/certs.d", "/etc/docker/certs.d")
    experimental: bool = True
    host_gateway_ip: str = ""
    bridge_ip: str = ""
    default_address_pools: tuple[tuple[str, int], ...] = ()
    """Where networks without `--subnet` find theirs, as in `[{base = "10.200.0.0/16", size = 24}]`; empty:
    /24 of 10.4.0.0/14, and for IPv6 a random /64 of fd00::/8."""
    default_network_opts: tuple[tuple[str, str, str], ...] = ()
    """`-o` of each new network by its driver, as in `{bridge = {"com.docker.network.driver.mtu" = "1450"}}`;
    the default network, too."""
    kube_hide_dupe: bool = False
    """In Kubernetes' namespace, show and remove the names of one image as one."""
    cdi_spec_dirs: tuple[str, ...] = ("/etc/cdi", "/var/run/cdi")
    userns_remap: str = ""
    dns: tuple[str, ...] = ()
    dns_opts: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_server: str = "auto"
    """Who tells the containers of a network each other's addresses: `aardvark-dns`, a DNS server, or `hosts`,
    their hosts files; `auto`: the server where it is installed."""
    publish_address: str = ""
    """The address of the host that `-p` means where it names none (docker's `ip`); empty: every one."""
    publish_public: str = "warn"
    """What becomes of a port that is published to everybody although a firewall denies it: `warn`, `refuse`
    or `allow`."""
    disable_hc_systemd: bool = False
    selinux_enabled: bool = False
    auto_start: bool = True
    """Start the private engine when no engine answers and none was named."""
    docker_config: str = ""
    """Folder of docker's config.json (credentials, `detachKeys`, `psFormat` ...); empty: `~/.docker`."""
    docker_auth_config: str = field(default="", repr=False)
    """Text in the form of docker's config.json, whose credentials come before the file's. A secret."""
    address_was_named: bool = False
    """Was `address` chosen by flag, environment or file? Then no private engine is started in its place."""

    def network_opts(self, driver: str) -> dict[str, str]:
        """The default options of networks with this driver."""
        return {key: value for of, key, value in self.default_network_opts if of == driver}


ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "address": ("NERDPY_ADDRESS", "CONTAINERD_ADDRESS"),
    "namespace": ("NERDPY_NAMESPACE", "CONTAINERD_NAMESPACE"),
    "snapshotter": ("NERDPY_SNAPSHOTTER", "CONTAINERD_SNAPSHOTTER"),
    "cni_path": ("CNI_PATH",),
    "cni_netconfpath": ("NETCONFPATH",),
    "data_root": ("NERDPY_DATA_ROOT",),
    "state_root": ("NERDPY_STATE_ROOT",),
    "experimental": ("NERDPY_EXPERIMENTAL", "NERDCTL_EXPERIMENTAL"),
    "host_gateway_ip": ("NERDPY_HOST_GATEWAY_IP", "NERDCTL_HOST_GATEWAY_IP"),
    "bridge_ip": ("NERDPY_BRIDGE_IP", "NERDCTL_BRIDGE_IP"),
    "auto_start": ("NERDPY_AUTO_START",),
    "dns_server": ("NERDPY_DNS_SERVER",),
    "docker_config": ("DOCKER_CONFIG",),
    "docker_auth_config": ("DOCKER_AUTH_CONFIG",),
}
"""Field -> variables that may set it; the first that is set and not empty wins."""

OTHER_NAMES = {"ip": "publish_address"}
"""What docker's daemon.json calls a key of ours."""
_NOT_IN_FILE = {"address_was_named", "docker_config", "docker_auth_config"}
_NAMESPACE = r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*"
"""containerd's rule for its identifiers (`pkg/identifiers`)."""
_LONGEST_NAMESPACE = 76
_TRUE = {"1", "t", "true", "yes", "on"}
_FALSE = {"0", "f", "false", "no", "off"}


def load(
    flags: Mapping[str, Any], environ: Mapping[str, str], toml: Mapping[str, Any], *, toml_path: str = ""
) -> Config:
    """Merge the four sources; an unknown key or a value of the wrong kind names the place where it stands.

    `flags` holds only the flags that were given, by field name; `toml` is the parsed file.
    """
    values: dict[str, Any] = {}
    for key, value in toml.items():
        values[OTHER_NAMES.get(key, key)] = _from_file(OTHER_NAMES.get(key, key), value, toml_path)
    for name, variables in ENVIRONMENT.items():
        for variable in variables:
            if environ.get(variable):
                values[name] = _from_environment(name, environ[variable], variable)
                break
    values.update(flags)
    values["address"] = _socket_path(values.get("address", ""))
    _check(values)
    return Config(**values, address_was_named=bool(values["address"]))


def _kind_of(field: str) -> type:
    return type(getattr(Config, field))


def _from_file(key: str, value: Any, toml_path: str) -> Any:
    known = {one.name for one in fields(Config)} - _NOT_IN_FILE
    if key not in known:
        raise InvalidArgument(
            f'unknown key "{key}" in {toml_path}', hint="the known keys stand in docs/config.md"
        )
    if key in _TABLES:
        return _TABLES[key](value, f'"{key}" in {toml_path}')
    kind = _kind_of(key)
    if kind is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidArgument(f'"{key}" in {toml_path} must be a list of strings')
        return tuple(value)
    if not isinstance(value, kind):
        raise InvalidArgument(f'"{key}" in {toml_path} must be a {"boolean" if kind is bool else "string"}')
    return value


def _address_pools(value: Any, where: str) -> tuple[tuple[str, int], ...]:
    from ipaddress import ip_network

    found = []
    for one in value if isinstance(value, list) else [None]:
        if not isinstance(one, dict) or set(one) != {"base", "size"} or type(one["size"]) is not int:
            raise InvalidArgument(f'{where} must be a list of tables {{base = "10.200.0.0/16", size = 24}}')
        try:
            base = ip_network(one["base"])
        except (ValueError, TypeError) as error:
            raise InvalidArgument(f'{where}: "{one["base"]}" is no subnet: {error}') from error
        if not base.prefixlen <= one["size"] <= base.max_prefixlen - 2:
            raise InvalidArgument(f"{where}: {base} cannot be parted into subnets of size {one['size']}")
        found.append((str(base), one["size"]))
    return tuple(found)


def _network_opts(value: Any, where: str) -> tuple[tuple[str, str, str], ...]:
    found = []
    for driver, options in value.items() if isinstance(value, dict) else [("", None)]:
        if not isinstance(options, dict) or not all(isinstance(one, str) for one in options.values()):
            raise InvalidArgument(f"{where} must be a table for each driver, with options that are strings")
        found += [(driver, key, option) for key, option in options.items()]
    return tuple(found)


_TABLES = {"default_address_pools": _address_pools, "default_network_opts": _network_opts}


def _from_environment(field: str, value: str, variable: str) -> Any:
    kind = _kind_of(field)
    if kind is bool:
        return parse_boolean(value, variable)
    return value


def parse_boolean(value: str, source: str) -> bool:
    """Go's spelling of booleans, in any case; `source` is named when it is none."""
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise InvalidArgument(f'{source}: "{value}" is neither true nor false')


def _socket_path(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    if scheme != "unix":
        raise UsageError(
            f'address "{address}" has the scheme "{scheme}"',
            hint="containerd is reached by a unix socket: give its path, or unix://PATH",
        )
    return rest


def check_namespace(name: str) -> None:
    """Refuse what containerd refuses as a namespace's name: it is a folder's name, too."""
    if len(name) <= _LONGEST_NAMESPACE and re.fullmatch(_NAMESPACE, name):
        return
    raise InvalidArgument(
        f'invalid namespace "{name}"',
        hint=f"a namespace has 1 to {_LONGEST_NAMESPACE} letters and digits; `.`, `_` and `-` may part them",
    )


def _check(values: Mapping[str, Any]) -> None:
    check_namespace(values.get("namespace", Config.namespace))
    manager = values.get("cgroup_manager", "")
    if manager not in {"", "systemd", "cgroupfs", "none"}:
        raise UsageError(f'cgroup manager "{manager}" is none of systemd, cgroupfs, none')
    if (server := values.get("dns_server", "auto")) not in {"auto", "aardvark-dns", "hosts"}:
        raise UsageError(f'dns_server "{server}" is none of auto, aardvark-dns, hosts')
    policy = values.get("publish_public", Config.publish_public)
    if policy not in {"warn", "refuse", "allow"}:
        raise UsageError(f'publish_public "{policy}" is none of warn, refuse, allow')
