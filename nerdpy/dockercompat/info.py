"""Pure: docker's `info` object from what was seen of engine and machine."""

from collections.abc import Mapping
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.dockercompat.version import Component

LOG_DRIVERS = ("json-file", "none")
NETWORK_DRIVERS = ("bridge", "ipvlan", "macvlan")
DEFAULT_RUNTIME = "runc"


@dataclass(frozen=True, kw_only=True)
class EngineFacts:
    """What containerd says."""

    uuid: str
    address: str
    namespace: str
    states: Mapping[str, int] = field(default_factory=dict)
    """Number of containers by docker's word for their state."""
    images: int = 0
    snapshotter: str = "overlayfs"
    snapshotters: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    deprecations: tuple[str, ...] = ()
    failed_plugins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MachineFacts:
    """What the kernel and the files of this machine say."""

    hostname: str
    kernel: str
    machine: str
    operating_system: str
    os_version: str
    cpus: int
    memory: int
    """Bytes."""
    system_time: str
    data_root: str
    cgroup_driver: str
    cgroup_version: int
    limits: frozenset[str] = frozenset()
    """Which of `memory`, `swap`, `cpu`, `cpuset`, `pids` can be limited."""
    has_ip_forwarding: bool = True
    has_apparmor: bool = False
    has_seccomp: bool = True
    is_rootless: bool = False
    runtimes: tuple[str, ...] = ()
    network_drivers: tuple[str, ...] = ()
    name_service: str = "hosts"
    """Who tells containers of a network each other's addresses, see `network/zones.py`."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    cdi_spec_dirs: tuple[str, ...] = ()
    is_debug: bool = False


def info_object(engine: EngineFacts, machine: MachineFacts, client_version: str) -> dict[str, Any]:
    """docker's JSON names, in docker's order."""
    return {
        **_engine_part(engine, machine),
        **_machine_part(machine),
        **_settings_part(machine),
        **_program_part(engine, machine),
        "SecurityOptions": security_options(machine),
        "Containerd": {"Address": engine.address, "Namespaces": {"Containers": engine.namespace}},
        "CDISpecDirs": list(machine.cdi_spec_dirs),
        "Warnings": warnings_of(engine, machine),
        "ClientInfo": {
            "Debug": machine.is_debug,
            "Version": client_version,
            "Os": "linux",
            "Context": "default",
            "Plugins": [],
            "Warnings": None,
        },
    }


def _engine_part(engine: EngineFacts, machine: MachineFacts) -> dict[str, Any]:
    stopped = sum(count for state, count in engine.states.items() if state not in {"running", "paused"})
    return {
        "ID": engine.uuid,
        "Containers": sum(engine.states.values()),
        "ContainersRunning": engine.states.get("running", 0),
        "ContainersPaused": engine.states.get("paused", 0),
        "ContainersStopped": stopped,
        "Images": engine.images,
        "Driver": engine.snapshotter,
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "Plugins": {
            "Volume": ["local"],
            "Network": list(machine.network_drivers),
            "Authorization": None,
            "Log": list(LOG_DRIVERS),
            "Storage": list(engine.snapshotters),
        },
    }


def _machine_part(machine: MachineFacts) -> dict[str, Any]:
    limits = machine.limits
    return {
        "MemoryLimit": "memory" in limits,
        "SwapLimit": "swap" in limits,
        "CpuCfsPeriod": "cpu" in limits,
        "CpuCfsQuota": "cpu" in limits,
        "CPUShares": "cpu" in limits,
        "CPUSet": "cpuset" in limits,
        "CPURealtime": False,
        "PidsLimit": "pids" in limits,
        "IPv4Forwarding": machine.has_ip_forwarding,
        "BridgeNfIptables": False,
        "BridgeNfIp6tables": False,
        "OomKillDisable": machine.cgroup_version == 1,
        "Debug": machine.is_debug,
        "SystemTime": machine.system_time,
        "LoggingDriver": LOG_DRIVERS[0],
        "NameService": machine.name_service,
        "CgroupDriver": machine.cgroup_driver,
        "CgroupVersion": str(machine.cgroup_version),
        "KernelVersion": machine.kernel,
        "OperatingSystem": machine.operating_system,
        "OSVersion": machine.os_version,
        "OSType": "linux",
        "Architecture": machine.machine,
        "NCPU": machine.cpus,
        "MemTotal": machine.memory,
        "Name": machine.hostname,
    }


def _settings_part(machine: MachineFacts) -> dict[str, Any]:
    return {
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {
            "IndexConfigs": {},
            "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
            "Mirrors": None,
        },
        "GenericResources": None,
        "DockerRootDir": machine.data_root,
        "HttpProxy": machine.proxies.get("http_proxy", ""),
        "HttpsProxy": machine.proxies.get("https_proxy", ""),
        "NoProxy": machine.proxies.get("no_proxy", ""),
        "Labels": [],
        "ExperimentalBuild": False,
    }


def _program_part(engine: EngineFacts, machine: MachineFacts) -> dict[str, Any]:
    components = {one.name: one for one in engine.components}

    def commit(name: str) -> dict[str, str]:
        component = components.get(name)
        known = component.details.get("GitCommit") or component.version if component else ""
        return {"ID": known}

    return {
        "ServerVersion": components["containerd"].version if "containerd" in components else "",
        "Runtimes": {name: {"path": name} for name in machine.runtimes},
        "DefaultRuntime": DEFAULT_RUNTIME,
        "Swarm": {"NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": False},
        "LiveRestoreEnabled": True,
        "Isolation": "",
        "InitBinary": "",
        "ContainerdCommit": commit("containerd"),
        "RuncCommit": commit("runc"),
        "InitCommit": {"ID": ""},
    }


def security_options(machine: MachineFacts) -> list[str]:
    """docker's spelling: `name=seccomp,profile=builtin`."""
    options = ["name=apparmor"] if machine.has_apparmor else []
    if machine.has_seccomp:
        options.append("name=seccomp,profile=builtin")
    if machine.is_rootless:
        options.append("name=rootless")
    if machine.cgroup_version == 2:
        options.append("name=cgroupns")
    return options


def warnings_of(engine: EngineFacts, machine: MachineFacts) -> list[str]:
    """What will not work as asked, one sentence each."""
    limits = {"memory": "memory", "swap": "swap", "cpu": "CPU", "cpuset": "cpuset", "pids": "process number"}
    found = [
        f"WARNING: No {words} limit support" for name, words in limits.items() if name not in machine.limits
    ]
    if not machine.has_ip_forwarding:
        found.append("WARNING: IPv4 forwarding is disabled")
    if not machine.network_drivers:
        found.append("WARNING: No CNI plugins: containers have no network but host and none")
    found += [f"WARNING: containerd: {text}" for text in engine.deprecations]
    found += [f"WARNING: containerd plugin {name}: {why}" for name, why in engine.failed_plugins.items()]
    return found
