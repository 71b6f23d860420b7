"""Pure: a request for a container in the words of docker's API (`POST /containers/create`).

The same words stand in `docker inspect`, so a container remembers them (label `nerdpy/options`) and
`inspect` shows
them again. Environment and labels are left out there: the spec and the record hold them already.
"""

from typing import Any

from nerdpy.dockercompat.mount_body import mount_json
from nerdpy.model.block_io import BlockLimits, DeviceLimit
from nerdpy.model.health import HealthCheck, healthcheck_json
from nerdpy.model.mounts import MountRequest
from nerdpy.model.options import CreateOptions, DeviceRequest, ResourceOptions
from nerdpy.spec.facts import ImageFacts
from nerdpy.spec.systemd import STOP_SIGNAL, has_systemd

DEFAULT_SHM = 64 << 20


def config_of(options: CreateOptions, image: ImageFacts) -> dict[str, Any]:
    """docker's `Config`: the image's settings with the request laid over them."""
    process = options.process
    entrypoint = process.entrypoint if process.entrypoint is not None else image.entrypoint
    keeps_image_command = process.entrypoint is None and not process.command
    command = image.command if keeps_image_command else process.command
    return {
        "Hostname": options.identity.hostname,
        "Domainname": options.identity.domainname,
        "User": process.user or image.user,
        "AttachStdin": False,
        "AttachStdout": True,
        "AttachStderr": True,
        "ExposedPorts": {port: {} for port in exposed(options, image)} or None,
        "Tty": process.has_tty,
        "OpenStdin": process.keeps_stdin,
        "StdinOnce": process.keeps_stdin and process.ends_stdin,
        "Cmd": list(command) or None,
        "Image": options.image.reference,
        "Volumes": {path: {} for path in image.volumes} or None,
        "WorkingDir": process.workdir or image.workdir,
        "Entrypoint": list(entrypoint) or None,
        "StopSignal": process.stop_signal or _stop_signal(options, image) or None,
        "StopTimeout": int(process.stop_timeout.total_seconds())
        if process.stop_timeout is not None
        else None,
        "Healthcheck": healthcheck_json(healthcheck_in(options, image)) or None,
        "Shell": list(image.shell) or None,
    }


def _stop_signal(options: CreateOptions, image: ImageFacts) -> str:
    return STOP_SIGNAL if has_systemd(options, image) else image.stop_signal


def healthcheck_in(options: CreateOptions, image: ImageFacts) -> HealthCheck:
    """The image's, with what the request says laid over it."""
    return (options.health or HealthCheck()).over(image.healthcheck)


def exposed(options: CreateOptions, image: ImageFacts) -> list[str]:
    """Every port that the image, --expose and -p name, as `80/tcp`, sorted as docker sorts them."""
    ports = {*image.exposed_ports, *map(str, options.network.expose)}
    ports |= {f"{mapping.container_port}/{mapping.protocol}" for mapping in options.network.ports}
    return sorted(ports, key=port_key)


def port_key(text: str) -> tuple[int, str]:
    """`80/tcp` -> (80, "tcp")."""
    number, _, protocol = text.partition("/")
    return (int(number) if number.isdecimal() else 0, protocol)


def host_config_of(options: CreateOptions) -> dict[str, Any]:
    """docker's `HostConfig`."""
    return {
        **_life(options),
        **_network(options),
        **_security(options),
        **_mounts(options),
        **_resources(options),
    }


def _life(options: CreateOptions) -> dict[str, Any]:
    life = options.life
    return {
        "ContainerIDFile": options.identity.cidfile,
        "LogConfig": {"Type": options.logging.driver, "Config": dict(options.logging.options)},
        "RestartPolicy": {"Name": life.restart.name, "MaximumRetryCount": life.restart.maximum},
        "AutoRemove": life.auto_remove,
        "Runtime": life.runtime,
        "Annotations": dict(options.identity.annotations) or None,
        "Init": True if options.process.init else None,
        "ConsoleSize": list(options.process.console_size or (0, 0)),
    }


def port_bindings(options: CreateOptions) -> dict[str, list[dict[str, str]]]:
    """docker's `PortBindings`: what was asked for, not what was given."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for mapping in options.network.ports:
        host_port = str(mapping.host_port) if mapping.host_port else ""
        if mapping.host_port_end > mapping.host_port:
            host_port = f"{mapping.host_port}-{mapping.host_port_end}"
        key = f"{mapping.container_port}/{mapping.protocol}"
        bindings.setdefault(key, []).append({"HostIp": mapping.host_ip, "HostPort": host_port})
    return bindings


def _network(options: CreateOptions) -> dict[str, Any]:
    network = options.network
    return {
        "NetworkMode": network.first.name,
        "PortBindings": port_bindings(options),
        "PublishAllPorts": network.publish_all,
        "Dns": list(network.dns or ()),
        "DnsOptions": list(network.dns_options or ()),
        "DnsSearch": list(network.dns_search or ()),
        "ExtraHosts": [f"{host}:{address}" for host, address in network.extra_hosts] or None,
        "Links": None,
    }


def _security(options: CreateOptions) -> dict[str, Any]:
    security = options.security
    return {
        "CapAdd": list(security.cap_add) or None,
        "CapDrop": list(security.cap_drop) or None,
        "CgroupnsMode": security.cgroupns,
        "GroupAdd": list(options.process.group_add) or None,
        "IpcMode": security.ipc,
        "PidMode": security.pid,
        "Privileged": security.privileged,
        "SecurityOpt": list(security.given) or None,
        "UTSMode": security.uts,
        "UsernsMode": security.userns,
        "OomScoreAdj": options.resources.oom_score_adj,
        "Sysctls": dict(options.resources.sysctls) or None,
    }


def _mounts(options: CreateOptions) -> dict[str, Any]:
    requests = [mount for mount in options.mounts.mounts if not mount.is_long]
    tmpfs = {mount.target: ",".join(mount.tmpfs_options) for mount in requests if mount.type == "tmpfs"}
    return {
        "Binds": [bind for mount in requests if (bind := _bind(mount))] or None,
        "Mounts": [mount_json(mount) for mount in options.mounts.mounts if mount.is_long] or None,
        "Tmpfs": tmpfs or None,
        "VolumesFrom": list(options.mounts.volumes_from) or None,
        "ReadonlyRootfs": options.mounts.read_only,
        "ShmSize": options.mounts.shm_size,
    }


def _bind(mount: MountRequest) -> str:
    if mount.type not in {"bind", "volume"} or not mount.source:
        return ""
    return ":".join(part for part in (mount.source, mount.target, mount.mode) if part)


def _resources(options: CreateOptions) -> dict[str, Any]:
    resources = options.resources
    return {
        "CpuShares": resources.cpu_shares,
        "Memory": resources.memory,
        "NanoCpus": resources.nano_cpus,
        "CgroupParent": resources.cgroup_parent,
        "BlkioWeight": resources.blkio_weight,
        **_block_io(resources.block),
        "CpuPeriod": 0 if resources.nano_cpus else resources.cpu_period,
        "CpuQuota": 0 if resources.nano_cpus else resources.cpu_quota,
        "CpuRealtimePeriod": resources.cpu_rt_period,
        "CpuRealtimeRuntime": resources.cpu_rt_runtime,
        "CpusetCpus": resources.cpuset_cpus,
        "CpusetMems": resources.cpuset_mems,
        "Devices": [_device(device) for device in resources.devices if device.host],
        "DeviceCgroupRules": [rule.given for rule in resources.device_rules] or None,
        "DeviceRequests": _device_requests(resources) or None,
        "MemoryReservation": resources.memory_reservation,
        "MemorySwap": resources.memory_swap or (2 * resources.memory),
        "MemorySwappiness": resources.memory_swappiness,
        "OomKillDisable": resources.oom_kill_disable,
        "PidsLimit": resources.pids_limit if resources.pids_limit > 0 else None,
        "Ulimits": [
            {"Name": limit.name, "Hard": limit.hard, "Soft": limit.soft} for limit in resources.ulimits
        ],
    }


def _block_io(block: BlockLimits) -> dict[str, list[dict[str, Any]]]:
    def shown(limits: tuple[DeviceLimit, ...], word: str) -> list[dict[str, Any]]:
        return [{"Path": limit.path, word: limit.value} for limit in limits]

    return {
        "BlkioWeightDevice": shown(block.weights, "Weight"),
        "BlkioDeviceReadBps": shown(block.read_bps, "Rate"),
        "BlkioDeviceWriteBps": shown(block.write_bps, "Rate"),
        "BlkioDeviceReadIOps": shown(block.read_iops, "Rate"),
        "BlkioDeviceWriteIOps": shown(block.write_iops, "Rate"),
    }


def _device_requests(resources: ResourceOptions) -> list[dict[str, Any]]:
    """Docker's daemon takes a CDI name for a request to a driver called cdi."""
    gpus = [
        {
            "Driver": request.driver,
            "Count": request.count,
            "DeviceIDs": list(request.devices) or None,
            "Capabilities": [list(request.capabilities)],
            "Options": dict(request.options),
        }
        for request in resources.gpus
    ]
    names = [device.cdi for device in resources.devices if device.cdi]
    cdi = {"Driver": "cdi", "Count": 0, "DeviceIDs": names, "Capabilities": None, "Options": None}
    return [*gpus, *([cdi] if names else [])]


def _device(device: DeviceRequest) -> dict[str, str]:
    return {
        "PathOnHost": device.host,
        "PathInContainer": device.container or device.host,
        "CgroupPermissions": device.permissions,
    }
