"""Every label key that nerdpy writes or reads, one sentence each, and how values are packed.

A containerd label holds at most 4096 bytes of key plus value, so nothing that can grow is written as one
label.
Where nerdctl has a key for the same meaning nerdpy writes that key, so that each can work on the other's
containers.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nerdpy.errors import InvalidArgument

LIMIT = 4096
"""containerd's limit for one key plus its value, in bytes (containerd `pkg/labels/validate.go`)."""

NAMESPACE = "nerdctl/namespace"
"""The containerd namespace that the container lives in."""
NAME = "nerdctl/name"
"""The container's name; `rename` changes it."""
HOSTNAME = "nerdctl/hostname"
"""The hostname inside."""
DOMAINNAME = "nerdctl/domainname"
"""The domain name inside, where one was given."""
EXTRA_HOSTS = "nerdctl/extraHosts"
"""JSON list of `host:ip`."""
STATE_DIR = "nerdctl/state-dir"
"""The container's folder under the data root."""
NETWORKS = "nerdctl/networks"
"""JSON list of network names in `--network` order; `container:<full id>` where one is shared."""
IP = "nerdctl/ip"
"""The address asked for by --ip."""
IP6 = "nerdctl/ip6"
"""The address asked for by --ip6."""
MAC_ADDRESS = "nerdctl/mac-address"
"""The MAC address asked for."""
LOG_URI = "nerdctl/log-uri"
"""The log URI of the task, used again by `start`."""
LOG_CONFIG = "nerdctl/log-config"
"""JSON `{"driver", "opts", "address"}`."""
ANONYMOUS_VOLUMES = "nerdctl/anonymous-volumes"
"""JSON list of the volumes that `rm -v` and `--rm` remove; packed in chunks."""
IMAGE_MOUNTS = "nerdctl/image-mount-snapshots"
"""JSON list of the keys of the snapshots made for `--mount type=image`."""
PLATFORM = "nerdctl/platform"
"""`os/arch[/variant]`."""
MOUNTS = "nerdctl/mounts"
"""One JSON mount in each of `nerdctl/mounts.0`, `.1`, ...: Type, Name, Source, Destination, Driver, Mode,
RW, Propagation."""
STOP_TIMEOUT = "nerdctl/stop-timeout"
"""Seconds between the stop signal and SIGKILL."""
PID_CONTAINER = "nerdctl/pid-container"
"""The full id of the container whose PID namespace is shared."""
IPC = "nerdctl/ipc"
"""JSON `mode`, `victimContainerId`, `hostShmPath`, `shmSize`."""
ERROR = "nerdctl/error"
"""The runtime's sentence of the last failed start."""
AUTO_REMOVE = "nerdctl/auto-remove"
"""`true` when --rm was given."""
USER = "nerdctl/user"
"""The text of --user."""
PRIVILEGED = "nerdctl/privileged"
"""`true` when --privileged was given."""
EXPOSED_PORTS = "nerdctl/exposed-ports"
"""JSON object with keys like `80/tcp`."""
DNS = "nerdctl/dns"
"""JSON `DNSServers`, `DNSResolvConfOptions`, `DNSSearchDomains`."""
HOST_CONFIG = "nerdctl/host-config"
"""JSON `BlkioWeight`, `CidFile`, `Devices`."""
NERDCTL_HEALTHCHECK = "nerdctl/healthcheck"
"""Read only, of nerdctl's containers: its health check, JSON in docker's words. Ours is in OPTIONS; with this
label `nerdctl start` would have systemd probe what our monitor probes."""
NERDCTL_HEALTH_STATE = "nerdctl/healthstate"
"""Read only: JSON `Status`, `FailingStreak`."""
PID_FILE = "nerdctl/pid-file"
"""The path of --pidfile."""
STOP_SIGNAL = "io.containerd.image.config.stop-signal"
"""The signal that `stop` sends first."""

PORTS = "nerdpy/ports"
"""Published ports, JSON list in docker's words, packed in chunks; nerdctl reads its own file
network-config.json."""
USERNS = "nerdpy/userns"
"""JSON `uids`, `gids`: the ranges of the container's user namespace, where it has one."""
PINS = "nerdpy/pins"
"""What is mounted below the state root before each start, JSON, packed in chunks (`container/pins.py`)."""
ALIASES = "nerdpy/aliases"
"""Read only, of older containers: further names on the first network, JSON list, packed in chunks. Ours are
in ENDPOINTS."""
ENDPOINTS = "nerdpy/endpoints"
"""What the container asks of each network beyond its name, JSON list, packed in chunks
(`container/endpoints.py`)."""
OPTIONS = "nerdpy/options"
"""What `inspect` must show and the spec can't tell, JSON, packed in chunks (see `container/remember.py`)."""
IMAGE_ID = "nerdpy/image-id"
"""The digest of the image config that the container was made from, as docker's `.Image`."""
TTY = "nerdpy/tty"
"""`true` when the container has a terminal."""
OPEN_STDIN = "nerdpy/open-stdin"
"""`true` when -i was given."""
STDIN_ONCE = "nerdpy/stdin-once"
"""`true` when the end of the first client's input is the end of the container's: -i without -d."""
EMPTY = "nerdpy/empty-labels"
"""The user's labels without a value, JSON list, packed in chunks: containerd drops those."""

RESTART_STATUS = "containerd.io/restart.status"
"""What containerd's restart monitor keeps true: `running` or `stopped`. It looks every 10 seconds unless
configured otherwise."""
RESTART_POLICY = "containerd.io/restart.policy"
"""`always`, `on-failure[:N]`, `unless-stopped`."""
RESTART_LOG_URI = "containerd.io/restart.loguri"
"""The log URI that the restart monitor gives to the new task."""
RESTART_COUNT = "containerd.io/restart.count"
"""Restarts done so far by containerd's monitor."""
EXPLICITLY_STOPPED = "containerd.io/restart.explicitly-stopped"
"""`true` after stop and kill, `false` after run and start."""

SNAPSHOT_UIDS = "containerd.io/snapshot/uidmapping"
SNAPSHOT_GIDS = "containerd.io/snapshot/gidmapping"
"""On a snapshot: whose its files are to be, `container:host:size` and more of them between commas."""
PROCESS = "nerdpy/process"
"""On a lease: whose it is, `PID-START` (`linux/process.py`)."""
GC_ROOT = "containerd.io/gc.root"
"""Keeps a snapshot or blob from garbage collection."""

KUBE_NAMESPACE = "io.kubernetes.pod.namespace"
KUBE_POD = "io.kubernetes.pod.name"
KUBE_CONTAINER = "io.kubernetes.container.name"
CRI_KIND = "io.cri-containerd.kind"
"""`container` or `sandbox`."""

_RESERVED = ("nerdctl/", "nerdpy/")


def packed(key: str, value: Any) -> dict[str, str]:
    """`value` as JSON in as many labels `key.0`, `key.1`, ... as the limit asks for."""
    text = json.dumps(value, separators=(",", ":"))
    size = LIMIT - len(key) - 8
    return {f"{key}.{number}": text[at : at + size] for number, at in enumerate(range(0, len(text), size))}


def unpacked(key: str, labels: Mapping[str, str], default: Any = None) -> Any:
    """What `packed` put there; `default` when there is nothing, or nothing that can be read."""
    chunks: list[str] = []
    while (chunk := labels.get(f"{key}.{len(chunks)}")) is not None:
        chunks.append(chunk)
    try:
        return json.loads("".join(chunks)) if chunks else default
    except ValueError:
        return default


def check_user_labels(labels: Mapping[str, str]) -> None:
    """Refuse labels that would be taken for ours, and those that containerd would refuse."""
    for key, value in labels.items():
        if key.startswith(_RESERVED):
            raise InvalidArgument(f'label "{key}" is reserved', hint="pick a key without nerdpy/ or nerdctl/")
        if len(key.encode()) + len(value.encode()) > LIMIT:
            raise InvalidArgument(
                f'label "{key[:64]}" is too long', hint=f"key and value together hold at most {LIMIT} bytes"
            )


def user_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that belong to the user or the image, as docker shows them."""
    ours: Iterable[str] = (*_RESERVED, "containerd.io/", "io.containerd.")
    found = {key: value for key, value in labels.items() if not key.startswith(tuple(ours))}
    return {**found, **{str(key): "" for key in unpacked(EMPTY, labels, [])}}
