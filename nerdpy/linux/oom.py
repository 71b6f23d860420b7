"""Whether the kernel killed a process for want of memory: it counts that in the control group, and says so in
its log."""

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from nerdpy.linux.cgroups import ROOT, look
from nerdpy.linux.kernel_log import messages

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


def is_scope(cgroups_path: str) -> bool:
    """Is it systemd's `slice:prefix:name`, a group that goes with its last process?"""
    return cgroups_path.count(":") == 2


def was_logged(name: str, pid: int, since: datetime) -> bool:
    """Has the kernel told, since then, of the process `pid`, or of any one in a group with this `name` in its
    path? Of the latter it tells ten times in five seconds at the most."""
    process = f"Killed process {pid} ("
    for text in messages(since):
        if process in text or (text.startswith("oom-kill:") and name in text.partition(",task_memcg=")[2]):
            return True
    return False


def group_folder(cgroups_path: str) -> str:
    """The group below the mount point; systemd's `slice:prefix:name` is a scope in nested slices."""
    if not is_scope(cgroups_path):
        return cgroups_path.strip("/")
    slice_name, prefix, name = cgroups_path.split(":")
    words = slice_name.removesuffix(".slice").split("-")
    slices = ["-".join(words[: number + 1]) + ".slice" for number in range(len(words))]
    return "/".join([*slices, f"{prefix}-{name}.scope"])
