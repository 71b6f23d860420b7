"""One wish for a container, in words that are the same for docker and for nerdpy: what the oracle compares.

From docker it comes out of the recorded request, with the daemon's defaults filled in; from nerdpy out of
`dockercompat/create_body.py`. Fields that say nothing are left out.
"""

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nerdpy.dockercompat.create_body import config_of, host_config_of
from nerdpy.model.address import parse_ip, parse_mac
from nerdpy.model.descriptor import Platform
from nerdpy.model.environment import merge_variables
from nerdpy.model.mounts import MountRequest
from nerdpy.model.options import CreateOptions
from nerdpy.model.platform import parse_platform
from nerdpy.spec.facts import ImageFacts
from tests.integration.oracle.recorder import Asked
from tests.typed import Typed

Wish = dict[str, Any]
_CONFIG_WORDS = (
    "Hostname Domainname User AttachStdin AttachStdout AttachStderr Tty OpenStdin Cmd Image WorkingDir "
    "StopSignal"
)
_HOST_WORDS = (
    "AutoRemove Annotations Init NetworkMode PublishAllPorts Dns DnsOptions DnsSearch ExtraHosts CapAdd "
    "CapDrop CgroupnsMode GroupAdd IpcMode PidMode Privileged UTSMode UsernsMode OomScoreAdj Sysctls "
    "VolumesFrom ReadonlyRootfs CpuShares Memory CgroupParent BlkioWeight CpuPeriod CpuQuota "
    "CpuRealtimePeriod CpuRealtimeRuntime CpusetCpus CpusetMems Devices MemoryReservation MemorySwap "
    "OomKillDisable Ulimits BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps "
    "BlkioDeviceWriteIOps DeviceCgroupRules"
)
_CONFIG, _HOST = _CONFIG_WORDS.split(), _HOST_WORDS.split()


def wish_of_docker(asked: Asked) -> Wish:
    """What docker sent, as its daemon would understand it."""
    body, host = asked.body, asked.body["HostConfig"]
    endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    quota = host["NanoCpus"] // 10_000
    return _told(
        {name: body.get(name) for name in _CONFIG}
        | {name: host.get(name) for name in _HOST}
        | {
            "Name": asked.name.removeprefix("/"),
            "Platform": _platform(asked.platform),
            "NetworkMode": "bridge" if host["NetworkMode"] == "default" else host["NetworkMode"],
            "CpuQuota": quota or host["CpuQuota"],
            "CpuPeriod": 100_000 if quota else host["CpuPeriod"],
            "Swappiness": _text(None if host["MemorySwappiness"] == -1 else host["MemorySwappiness"]),
            "PidsLimit": max(host["PidsLimit"] or 0, 0),
            "StopTimeout": _text(body.get("StopTimeout")),
            "Entrypoint": _words(body["Entrypoint"]),
            "Env": sorted(merge_variables(body["Env"] or [])),
            "Labels": body["Labels"],
            "ExposedPorts": sorted(body.get("ExposedPorts") or {}),
            "PortBindings": _bindings(host["PortBindings"]),
            "Endpoints": {
                "bridge" if name == "default" else name: _endpoint(one)
                for name, one in endpoints.items()
                if _endpoint(one)
            },
            "Networks": sorted(endpoints) if len(endpoints) > 1 else [],
            "LogType": host["LogConfig"]["Type"] or "json-file",
            "LogConfig": host["LogConfig"]["Config"],
            "Restart": (host["RestartPolicy"]["Name"] or "no", host["RestartPolicy"]["MaximumRetryCount"]),
            "ShmSize": host["ShmSize"] or 64 << 20,
            "Mounts": sorted(_mounts_of_docker(body, host)),
            "DeviceRequests": _requests(host.get("DeviceRequests")),
            "Security": sorted(map(_option, host["SecurityOpt"] or ())),
            "UnconfinedPaths": host["MaskedPaths"] == [],
        }
    )


def wish_of_nerdpy(typed: Typed) -> Wish:
    """What nerdpy understood."""
    options = typed.options
    body, host = config_of(options, ImageFacts()), host_config_of(options)
    network, resources, streams = options.network, options.resources, typed.foreground.streams
    endpoint = {
        "ip": network.first.ip,
        "ip6": network.first.ip6,
        "mac": network.first.mac_address,
        "aliases": list(network.first.aliases),
    }
    return _told(
        {name: body.get(name) for name in _CONFIG}
        | {name: host.get(name) for name in _HOST}
        | {
            "AttachStdin": "stdin" in streams,
            "AttachStdout": "stdout" in streams,
            "AttachStderr": "stderr" in streams,
            "Name": options.identity.name,
            "Platform": str(options.image.platform or ""),
            "CpuQuota": resources.cpu_quota,
            "CpuPeriod": resources.cpu_period,
            "MemorySwap": resources.memory_swap,
            "Swappiness": _text(resources.memory_swappiness),
            "PidsLimit": max(resources.pids_limit, 0),
            "StopTimeout": _text(body["StopTimeout"]),
            "Entrypoint": _words(options.process.entrypoint),
            "Env": sorted(options.process.environment),
            "Labels": options.identity.labels,
            "ExposedPorts": sorted(body["ExposedPorts"] or {}),
            "PortBindings": _bindings(host["PortBindings"]),
            "Endpoints": {network.networks[0]: _told(endpoint)} if _told(endpoint) else {},
            "Networks": sorted(network.networks) if len(network.networks) > 1 else [],
            "LogType": host["LogConfig"]["Type"],
            "LogConfig": host["LogConfig"]["Config"],
            "Restart": (options.life.restart.name, options.life.restart.maximum),
            "ShmSize": options.mounts.shm_size,
            "Mounts": sorted(_mount_of_nerdpy(mount) for mount in options.mounts.mounts),
            "DeviceRequests": _requests(host["DeviceRequests"]),
            "Security": sorted(_security(options)),
            "UnconfinedPaths": options.security.unconfined_paths,
        }
    )


def _told(wish: Wish) -> Wish:
    return {name: value for name, value in wish.items() if value not in (None, "", [], {}, False, 0, ())}


def _text(value: object) -> str:
    """Tells nothing at all from an empty or zero value."""
    return "" if value is None else repr(value)


def _words(words: Sequence[str] | None) -> str:
    """docker says `[""]` for an entrypoint that is taken away."""
    return _text(None if words is None else [word for word in words if word])


def _option(text: str) -> str:
    """docker once wrote `label:disable`."""
    return text if "=" in text else text.replace(":", "=", 1)


def _requests(requests: list[dict[str, Any]] | None) -> list[str]:
    """As text that can be sorted, without what is empty."""
    return sorted(repr(_told(request)) for request in requests or ())


def _platform(text: str) -> str:
    return str(parse_platform(text, default=Platform())) if text else ""


def _bindings(bindings: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
    found = {
        (port, one["HostIp"] and parse_ip(one["HostIp"]), "" if one["HostPort"] == "0" else one["HostPort"])
        for port, several in bindings.items()
        for one in several
    }
    return sorted(found)


def _endpoint(endpoint: dict[str, Any]) -> dict[str, Any]:
    addresses = endpoint["IPAMConfig"] or {}
    return _told(
        {
            "ip": addresses.get("IPv4Address"),
            "ip6": addresses.get("IPv6Address"),
            "mac": endpoint["MacAddress"] and parse_mac(endpoint["MacAddress"]),
            "aliases": endpoint["Aliases"],
        }
    )


def _security(options: CreateOptions) -> list[str]:
    """docker puts a seccomp profile's text in the place of its file, and takes `systempaths` out."""
    words = []
    for given in options.security.given:
        key = _option(given).partition("=")[0]
        if key == "systempaths":
            continue
        words.append(f"{key}={options.security.seccomp}" if key == "seccomp" else _option(given))
    return words


def _mounts_of_docker(body: Wish, host: Wish) -> list[str]:
    explicit = [
        *(_bind(text) for text in host["Binds"] or ()),
        *(_long(mount) for mount in host.get("Mounts") or ()),
        *(
            MountRequest(type="tmpfs", target=target, tmpfs_options=tuple(words.split(",")) if words else ())
            for target, words in (host.get("Tmpfs") or {}).items()
        ),
    ]
    taken = {_clean(mount.target) for mount in explicit}
    anonymous = [MountRequest(type="volume", target=f"/{target}") for target in body["Volumes"]]
    return [
        _mount_of_nerdpy(one)
        for one in explicit + [one for one in anonymous if _clean(one.target) not in taken]
    ]


def _bind(text: str) -> MountRequest:
    source, target, mode = [*text.split(":"), ""][:3]
    words = set(mode.split(","))
    is_bind = "/" in source
    return MountRequest(
        type="bind" if is_bind else "volume",
        source=source,
        target=target,
        read_only="ro" in words,
        creates_source=is_bind,
        copies_up="nocopy" not in words,
        propagation=next(
            (word for word in words if "share" in word or "slave" in word or "private" in word), ""
        ),
        relabel="z" if "z" in words else "Z" if "Z" in words else "",
    )


def _long(mount: Wish) -> MountRequest:
    bind, volume, tmpfs = (mount.get(f"{kind}Options") or {} for kind in ("Bind", "Volume", "Tmpfs"))
    words = []
    if tmpfs.get("SizeBytes"):
        words.append(f"size={tmpfs['SizeBytes']}")
    if tmpfs.get("Mode"):
        words.append(f"mode={tmpfs['Mode']:o}")
    return MountRequest(
        type=mount["Type"],
        source=mount.get("Source", ""),
        target=mount["Target"],
        read_only=bool(mount.get("ReadOnly")) or mount["Type"] == "image",
        recursive="disabled"
        if bind.get("NonRecursive")
        else "writable"
        if bind.get("ReadOnlyNonRecursive")
        else "readonly"
        if bind.get("ReadOnlyForceRecursive")
        else "",
        is_nonrecursive=bool(bind.get("NonRecursive")),
        propagation=bind.get("Propagation", ""),
        creates_source=bool(bind.get("CreateMountpoint")),
        copies_up=not volume.get("NoCopy"),
        volume_labels=volume.get("Labels") or {},
        subpath=volume.get("Subpath", "") or (mount.get("ImageOptions") or {}).get("Subpath", ""),
        tmpfs_options=tuple(words),
    )


def _mount_of_nerdpy(mount: MountRequest) -> str:
    """As text that can be sorted; how it was typed does not matter."""
    is_tmpfs = mount.type == "tmpfs"
    return repr(
        replace(
            mount,
            mode="",
            is_long=False,
            target=_clean(mount.target),
            source=_clean(mount.source) if mount.type == "bind" else mount.source,
            read_only=mount.read_only or (is_tmpfs and "ro" in mount.tmpfs_options),
            tmpfs_options=tuple(word for word in mount.tmpfs_options if word != "ro"),
            recursive="" if mount.recursive == "enabled" else mount.recursive,
        )
    )


def _clean(path: str) -> str:
    return posixpath.normpath(f"/{path.lstrip('/')}")
