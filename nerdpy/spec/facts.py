"""Pure: what `container/facts.py` has seen of the machine and the image, as far as the spec depends on it."""

from typing import Literal

from nerdpy.dataclass import dataclass, field
from nerdpy.model.cdi_edits import Edits
from nerdpy.model.health import HealthCheck
from nerdpy.model.idmap import IdMaps
from nerdpy.model.mounts import ResolvedMount


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """The image config's part that becomes a process (image-spec `config.md`)."""

    reference: str = ""
    """The full name that containerd has it under."""
    image_id: str = ""
    """Digest of the image config."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    workdir: str = ""
    user: str = ""
    stop_signal: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    exposed_ports: tuple[str, ...] = ()
    """`80/tcp`."""
    volumes: tuple[str, ...] = ()
    platform: str = "linux/amd64"
    healthcheck: HealthCheck | None = None
    shell: tuple[str, ...] = ()
    """Of docker's schema: what runs text, where it is not `/bin/sh -c`."""


@dataclass(frozen=True, kw_only=True)
class UserFacts:
    """The numbers behind --user, --group-add and the image's files."""

    uid: int = 0
    gid: int = 0
    additional_gids: tuple[int, ...] = ()
    """Always holds `gid` itself (CVE-2023-25173)."""
    home: str = "/"


@dataclass(frozen=True, kw_only=True)
class DeviceFacts:
    """One device node to be made in the container."""

    path: str
    """Inside the container."""
    type: Literal["c", "b", "u", "p"]
    major: int
    minor: int
    permissions: str = "rwm"
    file_mode: int | None = None
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that was looked up, so that building the spec needs no root and no machine."""

    container_id: str
    namespace: str = "default"
    image: ImageFacts = field(default_factory=ImageFacts)
    user: UserFacts = field(default_factory=UserFacts)
    hostname: str = ""
    cgroup_version: Literal[1, 2] = 2
    cgroup_manager: Literal["cgroupfs", "systemd", "none"] = "cgroupfs"
    cgroup_controllers: tuple[str, ...] = ()
    """Controllers that limits can be written to: `memory`, `cpu`, `cpuset`, `pids`, `io` or `blkio`,
    `hugetlb`."""
    unified_group: str = ""
    named_group: str = ""
    """v1: where the empty hierarchy of version 2 is mounted, and where the one called name=systemd is."""
    has_swap_limit: bool = True
    """The kernel counts swap, so that memory plus swap can be limited."""
    has_blkio_weight: bool = True
    """Some cgroup file takes a block I/O weight."""
    has_blkio_weight_device: bool = True
    """It takes one for a single device too."""
    has_blkio_throttle: bool = True
    """Bytes and operations per second can be limited."""
    has_resctrl: bool = False
    """The kernel's resource control file system is mounted."""
    block_numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Block device that was named -> its major and minor number."""
    thermal_paths: tuple[str, ...] = ()
    """`/sys/devices/system/cpu/cpuN/thermal_throttle`, where they exist: masked, as they tell of the host."""
    netns_path: str = ""
    """Pinned namespace to join; empty: the host's for `host`, a new empty one otherwise."""
    userns_path: str = ""
    """Pinned user namespace to join, with `idmaps`; empty: the host's."""
    idmaps: IdMaps | None = None
    pidns_path: str = ""
    ipcns_path: str = ""
    utsns_path: str = ""
    """Paths (`/proc/PID/ns/...`) of the container that is joined by `container:X`."""
    bind_files: tuple[tuple[str, str], ...] = ()
    """(source, target) of hosts, hostname and resolv.conf."""
    shm_source: str = ""
    """Host directory mounted on /dev/shm (shareable or joined IPC); empty: a tmpfs of its own."""
    init_source: str = ""
    """Host path of the init binary that --init mounts."""
    mounts: tuple[ResolvedMount, ...] = ()
    """Everything the user and the image asked for, in the order asked."""
    devices: tuple[DeviceFacts, ...] = ()
    """--device, expanded; with --privileged every device of the host."""
    edits: Edits = field(default_factory=Edits)
    """Of the CDI devices; their nodes stand among `devices` already."""
    host_capabilities: tuple[str, ...] = ()
    """Capabilities that this process may give away, in CAP_ form; all of the kernel's for root on a normal
    machine."""
    kernel_capabilities: tuple[str, ...] = ()
    """Every capability that the kernel knows."""
    can_raise_rlimits: bool = True
    """CAP_SYS_RESOURCE: without it a hard limit can only be lowered."""
    has_seccomp: bool = True
    architecture: str = "amd64"
    """Go's name of the machine's architecture, for the seccomp profile."""
    kernel_version: tuple[int, int] = (6, 0)
    apparmor_profile: str = ""
    """Loaded profile to use; empty: none."""
    supports_recursive_read_only: bool = False
