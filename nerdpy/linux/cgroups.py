"""Control groups: which version this machine has, and which limits can be written."""

import os
from pathlib import Path
from typing import Literal

from nerdpy.dataclass import dataclass, field

ROOT = "/sys/fs/cgroup"
UNIFIED = f"{ROOT}/unified"
"""Where the runtimes look for it."""
Manager = Literal["cgroupfs", "systemd", "none"]


@dataclass(frozen=True, kw_only=True)
class Cgroups:
    """One look at the mounted hierarchies."""

    version: Literal[1, 2]
    controllers: tuple[str, ...]
    mountpoints: dict[str, str] = field(default_factory=dict)
    """v1: controller -> where its hierarchy is mounted."""
    unified: str = ""
    """v1: where the empty hierarchy of version 2 is mounted (a hybrid machine)."""
    has_swap_limit: bool = True
    has_blkio_weight: bool = True
    has_blkio_weight_device: bool = True
    has_blkio_throttle: bool = True
    weighs_by_bfq: bool = False
    """v1: only devices whose scheduler is BFQ have weights."""


def look() -> Cgroups:
    """Version 2 only where it is alone: a hybrid machine keeps its limits in version 1."""
    try:
        controllers = tuple(Path(ROOT, "cgroup.controllers").read_text().split())
    except OSError:
        return _version_1()
    return Cgroups(
        version=2,
        controllers=controllers,
        has_swap_limit=os.path.exists("/proc/swaps"),
        has_blkio_weight="io" in controllers,
        has_blkio_weight_device="io" in controllers,
        has_blkio_throttle="io" in controllers,
    )


def manager(configured: str, version: int) -> Manager:
    """What was configured; else systemd where it runs with version 2, as docker chooses."""
    if configured in {"cgroupfs", "systemd", "none"}:
        return configured  # type: ignore[return-value]  # mypy does not narrow by set membership
    return "systemd" if version == 2 and os.path.isdir("/run/systemd/system") else "cgroupfs"


def _version_1() -> Cgroups:
    places = mountpoints(mounted := Path("/proc/self/mountinfo").read_text())
    memory, block = places.get("memory", ""), places.get("blkio", "")
    # The scheduler BFQ has its weights in every group but the root, which shows its counters only.
    has_bfq = bool(block) and os.path.exists(f"{block}/blkio.bfq.io_service_bytes")
    return Cgroups(
        version=1,
        controllers=tuple(name for name in places if "=" not in name),
        mountpoints=places,
        unified=UNIFIED if f" {UNIFIED} " in mounted and os.path.exists(f"{UNIFIED}/cgroup.procs") else "",
        has_swap_limit=bool(memory) and os.path.exists(f"{memory}/memory.memsw.limit_in_bytes"),
        has_blkio_weight=has_bfq or os.path.exists(f"{block}/blkio.weight"),
        has_blkio_weight_device=has_bfq or os.path.exists(f"{block}/blkio.weight_device"),
        weighs_by_bfq=has_bfq and not os.path.exists(f"{block}/blkio.weight_device"),
        has_blkio_throttle=os.path.exists(f"{block}/blkio.throttle.read_bps_device"),
    )


def mountpoints(mountinfo: str) -> dict[str, str]:
    """v1 controller -> mount point, from the text of /proc/self/mountinfo."""
    places: dict[str, str] = {}
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        kind, *rest = right.split()
        if kind == "cgroup" and len(rest) > 1:
            for word in rest[1].split(","):
                if word not in {"rw", "ro"} and ("=" not in word or word.startswith("name=")):
                    places.setdefault(word, left.split()[4])
    return places
