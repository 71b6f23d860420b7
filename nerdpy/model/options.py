"""Pure: everything that can be asked of a new container, in groups of one topic each, already parsed.

The command line, compose and the docker API all build a `CreateOptions`; the spec builder and
`container/create.py`
read it. Sizes are bytes, times are timedelta, paths inside the container are text.
"""

from datetime import timedelta
from typing import Literal

from nerdpy.dataclass import dataclass, field
from nerdpy.model.block_io import BlockLimits
from nerdpy.model.descriptor import Platform
from nerdpy.model.gpus import GpuRequest
from nerdpy.model.health import HealthCheck
from nerdpy.model.mounts import MountRequest
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import ExposedPort, PortMapping
from nerdpy.model.restart import RestartPolicy
from nerdpy.model.trust import Verification

Pull = Literal["always", "missing", "never"]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the container is."""

    name: str = ""
    hostname: str = ""
    domainname: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    """Label files first, then --label: later wins already."""
    annotations: dict[str, str] = field(default_factory=dict)
    cidfile: str = ""
    pidfile: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessOptions:
    """What runs in it."""

    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    """None: the image's; an empty tuple: none at all. Either way a given one drops the image's CMD."""
    environment: tuple[str, ...] = ()
    """`K=V` from env files and -e, in order; a bare `K` removes the image's K. The caller's variables are
    filled in."""
    workdir: str = ""
    user: str = ""
    group_add: tuple[str, ...] = ()
    has_tty: bool = False
    keeps_stdin: bool = False
    """-i: stdin stays open."""
    ends_stdin: bool = True
    """With -i: the end of a client's input is the end of the container's; not so with -d."""
    umask: int | None = None
    stop_signal: str = ""
    stop_timeout: timedelta | None = None
    systemd: Literal["false", "true", "always"] = "false"
    """Is it made fit for systemd: never, when the command is an init, or always?"""
    init: bool = False
    init_binary: str = ""
    console_size: tuple[int, int] | None = None
    """(rows, columns) of the caller's terminal, so that the first prompt is right."""


@dataclass(frozen=True, kw_only=True)
class NetworkOptions:
    """What it is connected to. The requests name `host`, `none`, `container:X`, `ns:PATH` (alone), or
    networks."""

    requests: tuple[NetworkRequest, ...] = (NetworkRequest(name="bridge"),)
    ports: tuple[PortMapping, ...] = ()
    publish_all: bool = False
    expose: tuple[ExposedPort, ...] = ()
    dns: tuple[str, ...] | None = None
    """None: not given, so nerdpy.toml's and then the host's."""
    dns_search: tuple[str, ...] | None = None
    dns_options: tuple[str, ...] | None = None
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(host, ip or `host-gateway`)."""

    @property
    def networks(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(request.name for request in self.requests)

    @property
    def first(self) -> NetworkRequest:
        """The one that --ip, --ip6, --mac-address, --network-alias and --link-local-ip speak of."""
        return self.requests[0]

    @property
    def mode(self) -> Literal["host", "none", "container", "ns", "cni"]:
        """What kind of network the container has."""
        first = self.first.name
        kind = first.partition(":")[0]
        if first in {"host", "none"}:
            return first  # type: ignore[return-value]  # mypy does not narrow by set membership
        if kind in {"container", "ns"} and ":" in first:
            return kind  # type: ignore[return-value]  # as above
        return "cni"


@dataclass(frozen=True, kw_only=True)
class MountOptions:
    """Its filesystem. `mounts` holds -v, --mount and --tmpfs, parsed, in the order given."""

    mounts: tuple[MountRequest, ...] = ()
    volumes_from: tuple[str, ...] = ()
    read_only: bool = False
    shm_size: int = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Ulimit:
    """One `--ulimit NAME=SOFT[:HARD]`; -1 is unlimited."""

    name: str
    soft: int
    hard: int


@dataclass(frozen=True, kw_only=True)
class DeviceRequest:
    """One `--device HOST[:CONTAINER][:PERMISSIONS]`, or a CDI name in `cdi`."""

    host: str = ""
    container: str = ""
    permissions: str = "rwm"
    cdi: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceRule:
    """One `--device-cgroup-rule`; None stands for every number."""

    type: str
    """`a` (all), `b` or `c`."""
    major: int | None
    minor: int | None
    permissions: str
    given: str = ""
    """As typed, for `inspect`."""


@dataclass(frozen=True, kw_only=True)
class ResourceOptions:
    """Its limits; 0, empty and None mean that nobody set one."""

    memory: int = 0
    memory_reservation: int = 0
    memory_swap: int = 0
    """Memory plus swap; -1 unlimited; 0: twice the memory."""
    memory_swappiness: int | None = None
    oom_kill_disable: bool = False
    oom_score_adj: int = 0
    cpu_quota: int = 0
    """Microseconds in each period; --cpus has been turned into quota and period."""
    cpu_period: int = 0
    nano_cpus: int = 0
    """--cpus as it was typed, in billionths, for `inspect`; 0 where quota or period were given."""
    cpu_shares: int = 0
    cpuset_cpus: str = ""
    cpuset_mems: str = ""
    cpu_rt_period: int = 0
    cpu_rt_runtime: int = 0
    pids_limit: int = 0
    """Above 0 sets it; 0 and -1 mean no limit."""
    blkio_weight: int = 0
    block: BlockLimits = field(default_factory=BlockLimits)
    """Of single block devices."""
    ulimits: tuple[Ulimit, ...] = ()
    devices: tuple[DeviceRequest, ...] = ()
    device_rules: tuple[DeviceRule, ...] = ()
    gpus: tuple[GpuRequest, ...] = ()
    rdt_class: str = ""
    unified: dict[str, str] = field(default_factory=dict)
    """--cgroup-conf: file of cgroup v2 -> what is written into it."""
    cgroup_parent: str = ""
    sysctls: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SecurityOptions:
    """What it may do to the host. `--security-opt` is parsed into fields."""

    privileged: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    seccomp: str = "builtin"
    """`builtin`, `unconfined`, or the JSON text of a profile (docker's format)."""
    apparmor: str = ""
    """Profile name or `unconfined`; empty: the default one, where the kernel has AppArmor."""
    no_new_privileges: bool = False
    unconfined_paths: bool = False
    """systempaths=unconfined: nothing is masked or read-only."""
    privileged_without_host_devices: bool = False
    writable_cgroups: bool = False
    label: tuple[str, ...] = ()
    pid: str = ""
    """empty, `host` or `container:X`."""
    ipc: str = ""
    """empty or `private`, `shareable`, `none`, `host`, `container:X`."""
    uts: str = ""
    """empty or `host`."""
    userns: str = ""
    """empty or `host`."""
    cgroupns: str = ""
    """empty (private on cgroup v2, host on v1), `host` or `private`."""
    given: tuple[str, ...] = ()
    """The --security-opt words as given, for `inspect`."""


@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """Where its output goes."""

    driver: str = "json-file"
    """A driver's name, `none`, or a log URI."""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ImageOptions:
    """What it is made from."""

    reference: str
    """As typed."""
    rootfs: str = ""
    """--rootfs: the absolute path of the folder to run in; there is no image then."""
    pull: Pull = "missing"
    platform: Platform | None = None
    quiet: bool = False
    verification: Verification | None = None
    """--verify: who must have signed it."""


@dataclass(frozen=True, kw_only=True)
class LifeOptions:
    """How it ends and comes back."""

    auto_remove: bool = False
    restart: RestartPolicy = field(default_factory=RestartPolicy)
    runtime: str = "io.containerd.runc.v2"
    """As typed: a shim's type or name, an OCI runtime's name or path."""


@dataclass(frozen=True, kw_only=True)
class CreateOptions:
    """One whole request for a container."""

    image: ImageOptions
    identity: Identity = field(default_factory=Identity)
    process: ProcessOptions = field(default_factory=ProcessOptions)
    network: NetworkOptions = field(default_factory=NetworkOptions)
    mounts: MountOptions = field(default_factory=MountOptions)
    resources: ResourceOptions = field(default_factory=ResourceOptions)
    security: SecurityOptions = field(default_factory=SecurityOptions)
    logging: LogOptions = field(default_factory=LogOptions)
    life: LifeOptions = field(default_factory=LifeOptions)
    health: HealthCheck | None = None
    """What is said of health checks; None: the image's is run."""
