"""Pure: the JSON of `docker inspect` for a container (docker's API, `ContainerInspectResponse`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.dockercompat.ports import network_ports
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping

ZERO_TIME = "0001-01-01T00:00:00Z"
"""How Go writes a time that was never set."""


@dataclass(frozen=True, kw_only=True)
class EndpointFacts:
    """The container on one network."""

    network: str
    network_id: str = ""
    address: str = ""
    prefix_length: int = 0
    gateway: str = ""
    ip6: str = ""
    ip6_prefix_length: int = 0
    ip6_gateway: str = ""
    mac_address: str = ""
    endpoint_id: str = ""
    """Empty: not connected now."""
    names: Sequence[str] = ()
    """What a name server on the network answers to."""
    asked: NetworkRequest | None = None


@dataclass(frozen=True, kw_only=True)
class InspectFacts:
    """Everything that was looked up for one container."""

    container_id: str
    name: str
    created_at: datetime | None
    image: str
    image_id: str
    platform: str
    snapshotter: str
    runtime: str
    labels: Mapping[str, str]
    spec: Mapping[str, Any]
    remembered: Mapping[str, Any]
    status: str
    pid: int
    exit_code: int
    error: str
    started_at: datetime | None
    finished_at: datetime | None
    restart_count: int
    oom_killed: bool
    hostname: str
    folder_files: Mapping[str, str]
    """`ResolvConfPath`, `HostnamePath`, `HostsPath`, `LogPath`."""
    mounts: Sequence[Mapping[str, Any]]
    exposed: Sequence[str] = ()
    published: Sequence[PortMapping] = ()
    endpoints: Sequence[EndpointFacts] = ()
    netns_path: str = ""
    health: Mapping[str, Any] | None = None
    size_rw: int | None = None
    size_root: int | None = None
    image_volumes: Sequence[str] = field(default_factory=tuple)


def inspect_json(facts: InspectFacts) -> dict[str, Any]:
    """The whole object."""
    args = list(facts.spec.get("process", {}).get("args", []))
    value: dict[str, Any] = {
        "Id": facts.container_id,
        "Created": time_text(facts.created_at),
        "Path": args[0] if args else "",
        "Args": args[1:],
        "State": _state(facts),
        "Image": facts.image_id or facts.image,
        **{
            key: facts.folder_files.get(key, "")
            for key in ("ResolvConfPath", "HostnamePath", "HostsPath", "LogPath")
        },
        "Name": f"/{facts.name}" if facts.name else "",
        "RestartCount": facts.restart_count,
        "Driver": facts.snapshotter,
        "GraphDriver": {"Name": facts.snapshotter, "Data": None},
        "Platform": facts.platform.partition("/")[0] or "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": facts.spec.get("process", {}).get("apparmorProfile", ""),
        "ExecIDs": None,
        "HostConfig": _host_config(facts),
        "Mounts": [dict(mount) for mount in facts.mounts],
        "Config": _config(facts),
        "NetworkSettings": _network_settings(facts),
    }
    if facts.size_rw is not None:
        value |= {"SizeRw": facts.size_rw, "SizeRootFs": facts.size_root or 0}
    return value


def time_text(moment: datetime | None) -> str:
    """RFC 3339 with a fraction, in UTC, as Go's JSON has it."""
    if moment is None:
        return ZERO_TIME
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def _state(facts: InspectFacts) -> dict[str, Any]:
    state: dict[str, Any] = {
        "Status": facts.status,
        "Running": facts.status in {"running", "paused"},
        "Paused": facts.status == "paused",
        "Restarting": facts.status == "restarting",
        "OOMKilled": facts.oom_killed,
        "Dead": False,
        "Pid": facts.pid,
        "ExitCode": facts.exit_code,
        "Error": facts.error,
        "StartedAt": time_text(facts.started_at),
        "FinishedAt": time_text(facts.finished_at),
    }
    if facts.health is not None:
        state["Health"] = dict(facts.health)
    return state


_HOST_CONFIG_DEFAULTS: dict[str, Any] = {
    "Binds": None,
    "ContainerIDFile": "",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "bridge",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumeDriver": "",
    "VolumesFrom": None,
    "ConsoleSize": [0, 0],
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "",
    "Dns": [],
    "DnsOptions": [],
    "DnsSearch": [],
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Cgroup": "",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "Tmpfs": None,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 64 << 20,
    "Sysctls": None,
    "Runtime": "io.containerd.runc.v2",
    "Isolation": "",
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": [],
    "BlkioDeviceReadBps": [],
    "BlkioDeviceWriteBps": [],
    "BlkioDeviceReadIOps": [],
    "BlkioDeviceWriteIOps": [],
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": None,
    "PidsLimit": None,
    "Ulimits": [],
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
}


def _host_config(facts: InspectFacts) -> dict[str, Any]:
    linux = facts.spec.get("linux", {})
    paths = {"MaskedPaths": linux.get("maskedPaths"), "ReadonlyPaths": linux.get("readonlyPaths")}
    return {**_HOST_CONFIG_DEFAULTS, **facts.remembered.get("HostConfig", {}), **paths}


def _config(facts: InspectFacts) -> dict[str, Any]:
    process = facts.spec.get("process", {})
    defaults: dict[str, Any] = {
        "Hostname": facts.hostname,
        "Domainname": "",
        "User": "",
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "Tty": bool(process.get("terminal")),
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": _environment(facts, process),
        "Cmd": None if facts.remembered else list(process.get("args", [])),
        "Image": facts.image,
        "Volumes": {path: {} for path in facts.image_volumes} or None,
        "WorkingDir": process.get("cwd", ""),
        "Entrypoint": None,
        "OnBuild": None,
        "Labels": dict(facts.labels),
    }
    if facts.exposed:
        defaults["ExposedPorts"] = {port: {} for port in facts.exposed}
    remembered = {
        key: value for key, value in facts.remembered.get("Config", {}).items() if key != "Hostname"
    }
    return {**defaults, **remembered}


def _environment(facts: InspectFacts, process: Mapping[str, Any]) -> list[str]:
    """Without what docker, too, adds for the process only."""
    added = {f"HOSTNAME={facts.hostname}", *(("TERM=xterm",) if process.get("terminal") else ())}
    return [entry for entry in process.get("env", []) if not facts.remembered or entry not in added]


def _network_settings(facts: InspectFacts) -> dict[str, Any]:
    first = facts.endpoints[0] if facts.endpoints else EndpointFacts(network="")
    is_up = facts.status in {"running", "paused"}
    return {
        "Bridge": "",
        "SandboxID": facts.container_id if facts.endpoints else "",
        "SandboxKey": facts.netns_path,
        "Ports": network_ports(facts.published, facts.exposed) if is_up else {},
        "EndpointID": first.endpoint_id,
        "Gateway": first.gateway,
        "GlobalIPv6Address": first.ip6,
        "GlobalIPv6PrefixLen": first.ip6_prefix_length,
        "IPAddress": first.address,
        "IPPrefixLen": first.prefix_length,
        "IPv6Gateway": first.ip6_gateway,
        "MacAddress": first.mac_address,
        "Networks": {endpoint.network: _endpoint(endpoint) for endpoint in facts.endpoints},
    }


def _endpoint(endpoint: EndpointFacts) -> dict[str, Any]:
    asked = endpoint.asked or NetworkRequest(name=endpoint.network)
    return {
        "IPAMConfig": _ipam_config(asked) or None,
        "Links": None,
        "Aliases": list(asked.aliases) or None,
        "MacAddress": endpoint.mac_address,
        "DriverOpts": dict(asked.driver_options) or None,
        "NetworkID": endpoint.network_id,
        "EndpointID": endpoint.endpoint_id,
        "Gateway": endpoint.gateway,
        "IPAddress": endpoint.address,
        "IPPrefixLen": endpoint.prefix_length,
        "IPv6Gateway": endpoint.ip6_gateway,
        "GlobalIPv6Address": endpoint.ip6,
        "GlobalIPv6PrefixLen": endpoint.ip6_prefix_length,
        "GwPriority": asked.priority,
        "DNSNames": list(endpoint.names) or None,
    }


def _ipam_config(asked: NetworkRequest) -> dict[str, Any]:
    given = {
        "IPv4Address": asked.ip,
        "IPv6Address": asked.ip6,
        "LinkLocalIPs": list(asked.link_local_ips),
    }
    return {key: value for key, value in given.items() if value}
