"""Pure: what systemd wants as the first process of a container without --privileged (its
CONTAINER_INTERFACE.md): writable temporary folders, a control group of its own that it may divide, and to be
told where it is.

On cgroup v1 it is given the empty hierarchy of version 2 that hybrid machines mount beside the controllers:
that is then the whole of /sys/fs/cgroup in the container, which any systemd can work with, and the limits
stay out of its reach. Where there is none, it is given the old hierarchy called name=systemd.
"""

from __future__ import annotations  # as in process.py

from typing import TYPE_CHECKING, Any

from nerdpy.errors import Conflict, FailedPrecondition
from nerdpy.spec.arguments import build_arguments

if TYPE_CHECKING:
    from nerdpy.model.options import CreateOptions
    from nerdpy.spec.facts import Facts, ImageFacts

STOP_SIGNAL = "SIGRTMIN+3"
"""What systemd takes for `halt` when it is the first process."""
INITS = frozenset({"/sbin/init", "/usr/sbin/init", "/usr/local/sbin/init"})
GROUP = "/sys/fs/cgroup"
_SAFE = ("nosuid", "noexec", "nodev")
_TMPFS = (
    ("/run", ("nosuid", "nodev", "mode=755")),
    ("/run/lock", (*_SAFE, "mode=1777", "size=5m")),
    ("/tmp", ("nosuid", "nodev", "mode=1777")),
    ("/var/log/journal", (*_SAFE, "mode=755")),
)


def has_systemd(options: CreateOptions, image: ImageFacts) -> bool:
    """Was it asked for, and, with `true`, is the command an init?"""
    mode = options.process.systemd
    if mode != "true":
        return mode == "always"
    first = build_arguments(options.process, image)[0]
    return first in INITS or first.rpartition("/")[2] == "systemd"


def check_systemd(options: CreateOptions) -> None:
    """Refuse what would not let it be the first process of a world of its own."""
    security = options.security
    if options.process.init:
        raise Conflict("conflicting options: --init and --systemd", hint="leave --init out")
    if security.pid:
        raise Conflict(
            f"conflicting options: --pid {security.pid} and --systemd", hint="systemd must be process 1"
        )
    if security.cgroupns == "host":
        raise Conflict(
            "conflicting options: --cgroupns host and --systemd",
            hint="systemd must not see the host's groups",
        )
    if security.privileged and not security.privileged_without_host_devices:
        raise Conflict(
            "conflicting options: --privileged and --systemd: it would take over the host's devices",
            hint="it needs no privileges; or add --security-opt privileged-without-host-devices",
        )


def systemd_environment(facts: Facts) -> list[str]:
    """How it knows that it is in a container, and which."""
    uuid = facts.container_id[:32]
    parts = (uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:])
    return ["container=nerdpy", f"container_uuid={'-'.join(parts)}"]


def systemd_mounts(facts: Facts, cgroup_path: str) -> list[dict[str, Any]]:
    """The temporary folders, and what is mounted for its control groups."""
    mounts = [_mount(target, "tmpfs", "tmpfs", options) for target, options in _TMPFS]
    return [*_groups(facts, cgroup_path), *mounts]


def _groups(facts: Facts, cgroup_path: str) -> list[dict[str, Any]]:
    if facts.cgroup_manager == "none":
        raise FailedPrecondition("--systemd needs control groups, and the cgroup manager is none")
    if facts.cgroup_version == 2:
        return [_mount(GROUP, "cgroup", "cgroup", _SAFE)]
    if facts.cgroup_manager == "systemd":
        raise FailedPrecondition(
            "--systemd on cgroup v1 needs the cgroup manager cgroupfs", hint="add --cgroup-manager cgroupfs"
        )
    own = "/" + cgroup_path.lstrip("/")
    options = ("bind", "rprivate", *_SAFE)
    if facts.unified_group:
        return [_mount(GROUP, "bind", facts.unified_group + own, options)]
    if facts.named_group:
        controllers = _mount(GROUP, "cgroup", "cgroup", ("ro", *_SAFE))
        return [controllers, _mount(f"{GROUP}/systemd", "bind", facts.named_group + own, options)]
    raise FailedPrecondition(
        "--systemd: this machine has cgroup v1 without a hierarchy for systemd",
        hint="mkdir /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified",
    )


def _mount(target: str, kind: str, source: str, options: tuple[str, ...]) -> dict[str, Any]:
    return {"destination": target, "type": kind, "source": source, "options": list(options)}
