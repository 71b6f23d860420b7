"""The path of every file that nerdpy keeps, the same list as docs/dir.md (a test compares them).

Two roots: the data root survives a reboot (`/var/lib/nerdpy`), the state root does not (`/run/nerdpy`).
Below each
lies one store per containerd, named by the first eight hex digits of the SHA-256 of the socket's path, as
nerdctl does.
"""

import os
from functools import cached_property
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.sha256 import hexdigest

MACHINE_LOCK = Path("/run/lock/nerdpy")
"""flock: what belongs to the whole machine (subnets, bridges, firewall), whatever the data root."""


def address_hash(address: str) -> str:
    """Eight hex digits that tell one containerd's store from another's; symlinks in the socket's path are
    resolved."""
    path = os.path.realpath(address.removeprefix("unix://"))
    return hexdigest(path)[:8]


@dataclass(frozen=True)
class StorePaths:
    """Everything that belongs to one containerd and one of its namespaces."""

    data: Path
    """`<data root>/<address hash>`"""
    state: Path
    """`<state root>/<address hash>`"""
    namespace: str

    # --- data: one folder per container -------------------------------------------------------------------
    @cached_property
    def containers(self) -> Path:
        return self.data / "containers" / self.namespace

    def container(self, container_id: str) -> Path:
        """The container's own folder, 0700."""
        return self.containers / container_id

    def hosts(self, container_id: str) -> Path:
        """Bind-mounted on /etc/hosts; always rewritten in place, for a rename would lose the mount."""
        return self.container(container_id) / "hosts"

    def resolv_conf(self, container_id: str) -> Path:
        return self.container(container_id) / "resolv.conf"

    def hostname(self, container_id: str) -> Path:
        return self.container(container_id) / "hostname"

    def log(self, container_id: str) -> Path:
        """The json-file driver's log; rotated files stand beside it as `.1`, `.2`, ..."""
        return self.container(container_id) / f"{container_id}-json.log"

    def monitor_config(self, container_id: str) -> Path:
        """What the monitor must know before it can say ready (see `monitor/settings.py`)."""
        return self.container(container_id) / "monitor.json"

    def monitor_log(self, container_id: str) -> Path:
        """What the monitor and its calls of nerdpy complained about."""
        return self.container(container_id) / "monitor.log"

    def starting(self, container_id: str) -> Path:
        """Which command is starting the container: the network is its work (see `stdio/monitor.py`)."""
        return self.container(container_id) / "starting"

    def attach_socket(self, container_id: str) -> Path:
        """The monitor's socket. Longer than a socket address may be: reach it by `/proc/self/fd/<folder>`."""
        return self.container(container_id) / "attach.sock"

    def lifecycle(self, container_id: str) -> Path:
        """Start time, exit code and exit time, error of a failed start."""
        return self.container(container_id) / "lifecycle.json"

    def ended(self, container_id: str) -> Path:
        """How the last run ended, by the monitor's own knowledge."""
        return self.container(container_id) / "ended.json"

    def health(self, container_id: str) -> Path:
        """What the health check's last probes have found (see `container/health.py`)."""
        return self.container(container_id) / "health.json"

    def checkpoints(self, container_id: str) -> Path:
        """The container's checkpoints, each a folder of CRIU's images."""
        return self.container(container_id) / "checkpoints"

    def attachment(self, container_id: str) -> Path:
        """The CNI results of the container's networks: what DEL needs, and what `inspect` shows."""
        return self.container(container_id) / "network.json"

    def lock(self, container_id: str) -> Path:
        """flock: one change of this container at a time. Outside its folder, which `rm` takes away."""
        return self.state / "locks" / self.namespace / container_id

    # --- data: names, volumes, intents --------------------------------------------------------------------
    def name(self, name: str) -> Path:
        """Made with O_EXCL; holds the id of the container that owns the name, and who reserved it."""
        return self.data / "names" / self.namespace / name

    @property
    def volumes(self) -> Path:
        return self.data / "volumes" / self.namespace

    def volume(self, name: str) -> Path:
        """Holds `_data` and `volume.json`."""
        return self.volumes / name

    @property
    def intents(self) -> Path:
        """One file per operation under way, struck out (removed) when it is finished."""
        return self.data / "intents"

    @property
    def drafts(self) -> Path:
        """What is half made or half removed, out of everybody's sight."""
        return self.data / "drafts"

    @property
    def runtime_features(self) -> Path:
        """What `runc features` said, until runc changes."""
        return self.data / "runtime.json"

    # --- state: gone after a reboot -----------------------------------------------------------------------
    def netns(self, container_id: str) -> Path:
        """A network namespace pinned by a bind mount of nsfs on this file."""
        return self.state / "netns" / f"{self.namespace}-{container_id}"

    def userns(self, container_id: str) -> Path:
        """A user namespace, pinned in the same way."""
        return self.state / "userns" / f"{self.namespace}-{container_id}"

    def stdio(self, container_id: str) -> Path:
        """FIFOs of the task and of exec'd processes."""
        return self.state / "stdio" / self.namespace / container_id

    def pins(self, container_id: str) -> Path:
        """Mount points of image views and of folders in volumes, which the container binds."""
        return self.state / "pins" / self.namespace / container_id

    def shm(self, container_id: str) -> Path:
        """The tmpfs of a container whose IPC namespace is shareable."""
        return self.state / "shm" / self.namespace / container_id

    @property
    def volume_mounts(self) -> Path:
        """The volumes with driver options that are mounted now (see `volume/mounting.py`)."""
        return self.state / "volumes" / self.namespace

    def volume_mount(self, name: str) -> Path:
        """Holds `_data`, the mount, and `users/`, who has it."""
        return self.volume_mounts / name

    def volume_mount_lock(self, name: str) -> Path:
        """flock: one mount or unmount of the volume at a time. No volume's name begins with a dot."""
        return self.volume_mounts / f".{name}"

    @property
    def mounts(self) -> Path:
        """Mount points that exist for microseconds: a root filesystem is opened by them and detached at
        once."""
        return self.state / "mounts"

    @property
    def events(self) -> Path:
        """What nerdpy has done, for `events`; what is older stands beside it as `.1`."""
        return self.state / "events" / self.namespace

    @property
    def dns(self) -> Path:
        """The engine's name server, while it has one: `zones/`, a file per network, `server.json`, and
        `unserved/`, a file per network whose containers can't ask it."""
        return self.state / "dns"

    @property
    def dns_lock(self) -> Path:
        """flock: one change of the name server's zones at a time."""
        return self.state / "dns.lock"

    @property
    def ruleset(self) -> Path:
        """The number of the nftables table that holds the rules of all this store's containers."""
        return self.state / "ruleset"

    @property
    def sweep_lock(self) -> Path:
        """flock: one sweeper of dead intents at a time; whoever does not get it goes on without."""
        return self.state / "sweep.lock"

    @property
    def volumes_lock(self) -> Path:
        """flock: one decision at a time about volumes that are to be used, made or removed."""
        return self.state / "volumes.lock"

    @property
    def monitor_launcher(self) -> Path:
        """The executable that the shim starts as `binary://`: rewritten when nerdpy moved."""
        return self.data / "monitor"


def store_paths(data_root: str, state_root: str, address: str, namespace: str) -> StorePaths:
    """The store of the containerd at `address`."""
    hashed = address_hash(address)
    return StorePaths(Path(data_root) / hashed, Path(state_root) / hashed, namespace)


def manifest_lists(data_root: str) -> Path:
    """The manifest lists that are being made: they belong to registries, not to a containerd."""
    return Path(data_root) / "manifests"


@dataclass(frozen=True)
class EnginePaths:
    """nerdpy's own private engine: configuration, data, socket, pid file and log."""

    data: Path
    state: Path

    @property
    def config(self) -> Path:
        return self.data / "containerd.toml"

    @property
    def imports(self) -> Path:
        """Settings that commands have changed, which the configuration takes in."""
        return self.data / "conf.d"

    @property
    def root(self) -> Path:
        return self.data / "root"

    @property
    def containerd_state(self) -> Path:
        return self.state / "containerd"

    @property
    def socket(self) -> Path:
        return self.state / "containerd.sock"

    @property
    def pid_file(self) -> Path:
        return self.state / "containerd.pid"

    @property
    def log(self) -> Path:
        return self.data / "containerd.log"

    @property
    def lock(self) -> Path:
        return self.state / "lock"


def engine_paths(data_root: str, state_root: str) -> EnginePaths:
    """Where the private engine of this data root lives."""
    return EnginePaths(Path(data_root) / "engine", Path(state_root) / "engine")
