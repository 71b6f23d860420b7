"""Pure: options and facts -> the OCI runtime spec (runtime-spec `config.md`), with docker's defaults.

Each part is made by one file of this folder, finished; nothing edits another's work, so order does not
matter.
"""

from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import CreateOptions
from nerdpy.spec.capabilities import build_capabilities, choose
from nerdpy.spec.devices import build_device_rules, build_devices
from nerdpy.spec.facts import Facts
from nerdpy.spec.hooks import build_hooks
from nerdpy.spec.mounts import build_mounts, root_propagation
from nerdpy.spec.namespaces import build_mappings, build_namespaces, build_sysctls, has_own_uts
from nerdpy.spec.process import build_process
from nerdpy.spec.resources import build_rdt, build_resources, resource_warnings
from nerdpy.spec.security import build_filter, build_paths
from nerdpy.spec.systemd import check_systemd, has_systemd, systemd_mounts

VERSION = "1.0.2"
"""Of the runtime spec; every runtime that containerd 1.7 and later works with knows it."""


def build_spec(options: CreateOptions, facts: Facts) -> dict[str, Any]:
    """The whole spec of a container, ready to be written as config.json."""
    if has_systemd(options, facts.image):
        check_systemd(options)
    security = options.security
    names = choose(
        added=security.cap_add,
        dropped=security.cap_drop,
        is_privileged=security.privileged,
        available=facts.host_capabilities,
    )
    spec: dict[str, Any] = {
        "ociVersion": VERSION,
        "process": build_process(options, facts, build_capabilities(names, facts.user.uid)),
        "root": {"path": options.image.rootfs or "rootfs", "readonly": options.mounts.read_only},
        "mounts": build_mounts(options, facts, _systemd_mounts(options, facts)),
        "linux": _linux(options, facts, names),
    }
    if facts.hostname and has_own_uts(options, facts):
        spec["hostname"] = facts.hostname
    if hooks := build_hooks(facts.edits.hooks):
        spec["hooks"] = hooks
    if options.identity.annotations:
        spec["annotations"] = dict(options.identity.annotations)
    return spec


def warnings(options: CreateOptions, facts: Facts) -> list[str]:
    """What of the request this machine cannot keep, one sentence each."""
    found = resource_warnings(options.resources, facts)
    if options.security.seccomp == "builtin" and not options.security.privileged and not facts.has_seccomp:
        found.append("this kernel has no seccomp: system calls are not filtered")
    return found


def cgroup_path(options: CreateOptions, facts: Facts) -> str:
    """`linux.cgroupsPath`: containerd's own default, unless a parent was named; empty without cgroups."""
    parent = options.resources.cgroup_parent
    if facts.cgroup_manager == "none":
        return ""
    if facts.cgroup_manager == "systemd":
        if parent and (not parent.endswith(".slice") or parent == ".slice"):
            raise InvalidArgument(
                f'cgroup parent "{parent}" is not a slice', hint="systemd wants a name that ends in .slice"
            )
        return f"{parent or 'system.slice'}:nerdpy:{facts.container_id}"
    return (
        f"{parent.rstrip('/')}/{facts.container_id}" if parent else f"/{facts.namespace}/{facts.container_id}"
    )


def _systemd_mounts(options: CreateOptions, facts: Facts) -> list[dict[str, Any]]:
    return systemd_mounts(facts, cgroup_path(options, facts)) if has_systemd(options, facts.image) else []


def _linux(options: CreateOptions, facts: Facts, names: list[str]) -> dict[str, Any]:
    security = options.security
    rules = build_device_rules(security, facts.devices, options.resources.device_rules)
    linux: dict[str, Any] = {
        "namespaces": build_namespaces(options, facts),
        "resources": {"devices": rules, **build_resources(options.resources, facts)},
        "devices": build_devices(facts.devices),
        **build_paths(security, facts),
        **build_mappings(facts.idmaps),
    }
    optional = {
        "cgroupsPath": cgroup_path(options, facts),
        "sysctl": build_sysctls(options, facts),
        "rootfsPropagation": root_propagation(facts.mounts),
        "seccomp": build_filter(security, facts, names),
        "intelRdt": build_rdt(options.resources, facts),
        "netDevices": {link.host_name: {"name": link.path} for link in facts.edits.links},
    }
    return linux | {key: value for key, value in optional.items() if value}
