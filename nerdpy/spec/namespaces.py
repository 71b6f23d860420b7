"""Pure: which namespaces a container has of its own, which it joins, and what is set in them."""

from typing import Any

from nerdpy.model.idmap import IdMaps, IdRange
from nerdpy.model.options import CreateOptions
from nerdpy.spec.facts import Facts
from nerdpy.spec.systemd import has_systemd


def build_namespaces(options: CreateOptions, facts: Facts) -> list[dict[str, str]]:
    """`linux.namespaces`: with a path it is joined, without it is made, and a missing one is the host's."""
    security = options.security
    namespaces = [{"type": "mount"}]
    if facts.netns_path or options.network.mode != "host":
        namespaces.append(_namespace("network", facts.netns_path))
    if security.uts != "host":
        namespaces.append(_namespace("uts", facts.utsns_path))
    if security.pid != "host":
        namespaces.append(_namespace("pid", facts.pidns_path))
    if security.ipc != "host":
        namespaces.append(_namespace("ipc", facts.ipcns_path))
    if facts.userns_path:
        namespaces.append(_namespace("user", facts.userns_path))
    if has_own_cgroupns(options, facts):
        namespaces.append({"type": "cgroup"})
    return namespaces


def has_own_cgroupns(options: CreateOptions, facts: Facts) -> bool:
    """Docker's default: private on cgroup v2, the host's on v1. systemd must have its own."""
    mode = options.security.cgroupns
    if has_systemd(options, facts.image):
        return True
    return mode == "private" or (not mode and facts.cgroup_version == 2)


def has_own_uts(options: CreateOptions, facts: Facts) -> bool:
    """May the hostname be set? Not in a namespace that belongs to somebody else."""
    return options.security.uts != "host" and not facts.utsns_path


def build_sysctls(options: CreateOptions, facts: Facts) -> dict[str, str]:
    """`linux.sysctl`: low ports and ping need no capability in a network of one's own."""
    sysctls: dict[str, str] = {}
    if options.network.mode in {"cni", "none"}:
        sysctls["net.ipv4.ip_unprivileged_port_start"] = "0"
        if facts.idmaps is None:  # else the range holds ids that the namespace does not know
            sysctls["net.ipv4.ping_group_range"] = "0 2147483647"
    if options.identity.domainname and has_own_uts(options, facts):
        sysctls["kernel.domainname"] = options.identity.domainname  # the spec 1.0 has no field for it
    return sysctls | options.resources.sysctls


def build_mappings(maps: IdMaps | None) -> dict[str, list[dict[str, int]]]:
    """`linux.uidMappings` and `linux.gidMappings`."""
    if maps is None:
        return {}

    def shown(ranges: tuple[IdRange, ...]) -> list[dict[str, int]]:
        return [{"containerID": one.container, "hostID": one.host, "size": one.size} for one in ranges]

    return {"uidMappings": shown(maps.uids), "gidMappings": shown(maps.gids)}


def _namespace(kind: str, path: str) -> dict[str, Any]:
    return {"type": kind, "path": path} if path else {"type": kind}
