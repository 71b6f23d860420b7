"""Whether the kernel killed a process for want of memory: it counts that in the control group."""

import re
from contextlib import suppress
from pathlib import Path

from nerdpy.linux.cgroups import ROOT, look

_KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def had_oom_kill(cgroups_path: str) -> bool | None:
    """`cgroups_path` as in the OCI spec; None where the group is gone, or its kernel (before 4.13) does not
    count."""
    if not cgroups_path:
        return None
    cgroups = look()
    if cgroups.version == 2:
        file = Path(ROOT, group_folder(cgroups_path), "memory.events")
    else:
        file = Path(cgroups.mountpoints.get("memory", ROOT), group_folder(cgroups_path), "memory.oom_control")
    with suppress(OSError):
        found = _KILLS.search(file.read_text())
        return int(found.group(1)) > 0 if found is not None else None
    return None


def group_folder(cgroups_path: str) -> str:
    """The group below the mount point; systemd's `slice:prefix:name` is a scope in nested slices."""
    if cgroups_path.count(":") != 2:
        return cgroups_path.strip("/")
    slice_name, prefix, name = cgroups_path.split(":")
    words = slice_name.removesuffix(".slice").split("-")
    slices = ["-".join(words[: number + 1]) + ".slice" for number in range(len(words))]
    return "/".join([*slices, f"{prefix}-{name}.scope"])
