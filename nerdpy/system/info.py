"""Facts about the engine and the machine, as docker's `info` shows them, or as containerd has them."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nerdpy
from nerdpy.container.look import look_at_all
from nerdpy.dataclass import asdict
from nerdpy.dockercompat.info import NETWORK_DRIVERS, EngineFacts, MachineFacts, info_object
from nerdpy.engine import Engine
from nerdpy.linux import cgroups, kernel
from nerdpy.network.zones import kind_of_service
from nerdpy.system.components import components_of
from nerdpy.system.daemon import PASSED_ON
from nerdpy.system.programs import find_program

if TYPE_CHECKING:
    from nerdpy.containerd.introspection import Plugin

SNAPSHOTTER = "io.containerd.snapshotter.v1"
NEEDED = {"io.containerd.transfer.v1.local", "io.containerd.monitor.container.v1.restart"}
"""Plugins whose failure a user of nerdpy would feel."""
RUNTIMES = ("runc", "crun", "youki", "runsc", "kata-runtime")


def docker_info(engine: Engine) -> dict[str, Any]:
    """The object that `docker info --format json` prints."""
    return info_object(_engine_facts(engine), _machine_facts(engine), nerdpy.__version__)


def native_info(engine: Engine) -> dict[str, Any]:
    """What containerd says of itself, in nerdctl's shape."""
    client = engine.containerd
    server = client.introspection.server()
    return {
        "Namespace": engine.config.namespace,
        "Snapshotter": engine.config.snapshotter,
        "CgroupManager": _cgroup_driver(engine),
        "Rootless": False,
        "Daemon": {
            "Plugins": [asdict(plugin) for plugin in client.introspection.plugins()],
            "Server": _dated(asdict(server)),
            "Version": asdict(client.version()),
        },
    }


def _dated(server: dict[str, Any]) -> dict[str, Any]:
    for one in server["deprecations"]:
        one["last_seen"] = one["last_seen"].isoformat() if one["last_seen"] else ""
    return server


def _engine_facts(engine: Engine) -> EngineFacts:
    client = engine.containerd
    server = client.introspection.server()
    plugins = client.introspection.plugins()
    states = Counter(look.state.status for look in look_at_all(engine))
    return EngineFacts(
        uuid=server.uuid,
        address=engine.config.address,
        namespace=engine.config.namespace,
        states=states,
        images=len({image.target.digest for image in client.images.list()}),
        snapshotter=engine.config.snapshotter,
        snapshotters=tuple(sorted(one.id for one in plugins if one.type == SNAPSHOTTER and not one.error)),
        components=tuple(components_of(engine)),
        deprecations=tuple(one.message for one in server.deprecations),
        failed_plugins=_failed(plugins),
    )


def _failed(plugins: "list[Plugin]") -> dict[str, str]:
    names = {f"{plugin.type}.{plugin.id}": plugin.error for plugin in plugins}
    return {name: error for name, error in names.items() if error and name in NEEDED}


def _machine_facts(engine: Engine) -> MachineFacts:
    running, groups = kernel.look(), cgroups.look()
    release = _os_release()
    return MachineFacts(
        hostname=os.uname().nodename,
        kernel=running.release,
        machine=running.machine,
        operating_system=release.get("PRETTY_NAME", "Linux"),
        os_version=release.get("VERSION_ID", ""),
        cpus=len(os.sched_getaffinity(0)),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system_time=datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        data_root=engine.config.data_root,
        cgroup_driver=_cgroup_driver(engine),
        cgroup_version=groups.version,
        limits=_limits(groups),
        has_ip_forwarding=_read("/proc/sys/net/ipv4/ip_forward").startswith("1"),
        has_apparmor=kernel.has_apparmor(),
        has_seccomp=running.has_seccomp,
        runtimes=tuple(name for name in RUNTIMES if find_program(name)),
        name_service=kind_of_service(engine),
        network_drivers=tuple(name for name in NETWORK_DRIVERS if _has_plugin(engine, name)),
        proxies=_proxies(os.environ),
        cdi_spec_dirs=engine.config.cdi_spec_dirs,
        is_debug=engine.config.debug,
    )


def _cgroup_driver(engine: Engine) -> str:
    return cgroups.manager(engine.config.cgroup_manager, cgroups.look().version)


def _limits(groups: cgroups.Cgroups) -> frozenset[str]:
    found = {"memory", "cpu", "cpuset", "pids"} & set(groups.controllers)
    return frozenset(found | ({"swap"} if groups.has_swap_limit and "memory" in found else set()))


def _has_plugin(engine: Engine, name: str) -> bool:
    return any(os.access(f"{folder}/{name}", os.X_OK) for folder in engine.cni.folders)


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """A password in a proxy's URL is nobody's business."""
    given = {name.lower(): value for name, value in environ.items() if name.lower() in PASSED_ON}
    return {name: re.sub(r"//[^/@]*@", "//xxxxx:xxxxx@", value) for name, value in given.items()}


def _os_release() -> dict[str, str]:
    rows = re.findall(r"^(\w+)=\"?([^\"\n]*)", _read("/etc/os-release"), re.MULTILINE)
    return dict(rows)


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
