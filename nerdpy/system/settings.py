"""Pure: the containerd.toml of the private engine, for configuration version 3 (2.x) and 2 (1.7).

Format: containerd `docs/PLUGINS.md`, `docs/man/containerd-config.toml.5.md`, and `containerd config default`.
"""

import json

from nerdpy.dataclass import dataclass

PLATFORMS = (
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/386",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
)
"""What the transfer service may unpack. Its default is the machine's own platform only, and then an image
for another (`--platform`, run by emulation) comes down but is never unpacked."""
BUILT_IN_SNAPSHOTTERS = ("overlayfs", "native")
UNUSED = (
    "io.containerd.grpc.v1.cri",
    "io.containerd.cri.v1.images",
    "io.containerd.cri.v1.runtime",
    "io.containerd.podsandbox.controller.v1.podsandbox",
    "io.containerd.grpc.v1.sandbox-controllers",
    "io.containerd.nri.v1.nri",
    "io.containerd.internal.v1.opt",
    "io.containerd.internal.v1.tracing",
    "io.containerd.tracing.processor.v1.otlp",
)
"""Kubernetes' side of containerd, /opt/containerd, and tracing: no command of nerdpy asks for them, and the
machine may run another containerd that owns their sockets and folders."""
RESTART_MONITOR = {2: "io.containerd.internal.v1.restart", 3: "io.containerd.monitor.container.v1.restart"}
TRANSFER = "io.containerd.transfer.v1.local"


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """What differs between one private engine and another."""

    address: str
    root: str
    state: str
    config_version: int = 3
    snapshotters: tuple[str, ...] = BUILT_IN_SNAPSHOTTERS
    """Those that the transfer service unpacks into. One that is not there would disable the whole transfer
    service, and the restart monitor with it."""
    restart_interval: str = "3s"
    """How often the restart monitor looks (Go duration); containerd's own default is 10s."""


def render_containerd_toml(settings: EngineSettings) -> str:
    """The whole file. JSON's strings and arrays are TOML's as well."""
    lines = [
        "# Written by nerdpy at every start of its private engine: changes made here do not last.",
        f"version = {settings.config_version}",
        f"imports = [{json.dumps(imports_of(settings.root))}]",
        f"root = {json.dumps(settings.root)}",
        f"state = {json.dumps(settings.state)}",
        "oom_score = -999",
        f"disabled_plugins = {json.dumps(UNUSED)}",
        "",
        "[grpc]",
        f"address = {json.dumps(settings.address)}",
        "",
        f'[plugins."{RESTART_MONITOR[settings.config_version]}"]',
        f"interval = {json.dumps(settings.restart_interval)}",
    ]
    for snapshotter in settings.snapshotters:
        for platform in PLATFORMS:
            lines += ["", *_unpacking(platform, snapshotter)]
    return "\n".join(lines) + "\n"


def imports_of(root: str) -> str:
    """The files beside containerd's root that its configuration takes in, such as that of image verifiers."""
    return f"{root.rpartition('/')[0]}/conf.d/*.toml"


def _unpacking(platform: str, snapshotter: str) -> list[str]:
    # The differ is named because containerd looks for one that says it can do the platform, and the only
    # one there is names the machine's own; a miss would disable the whole transfer service.
    return [
        f'[[plugins."{TRANSFER}".unpack_config]]',
        f"platform = {json.dumps(platform)}",
        f"snapshotter = {json.dumps(snapshotter)}",
        'differ = "walking"',
    ]
