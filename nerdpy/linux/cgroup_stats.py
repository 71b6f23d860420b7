"""The numbers of a control group, straight from its files.

Version 1: `Documentation/admin-guide/cgroup-v1/{cpuacct,memory,pids,blkio-controller}.rst` of the kernel;
version 2: `admin-guide/cgroup-v2.rst`. A file that is missing counts as zero: its controller is off.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.linux.cgroups import ROOT, Cgroups
from nerdpy.model.consumption import without_cache

_V1 = ("cpuacct", "memory", "pids", "blkio")
_BLOCK_V1 = tuple(f"blkio.{part}io_service_bytes_recursive" for part in ("", "bfq.", "throttle."))
"""The first where an I/O scheduler keeps it, else the last."""


@dataclass(frozen=True, kw_only=True)
class GroupNumbers:
    """Nanoseconds, bytes, processes."""

    cpu: int = 0
    memory: int = 0
    memory_limit: int = 0
    """0: none."""
    pids: int = 0
    read: int = 0
    written: int = 0


@dataclass(frozen=True)
class Group:
    """Where the files of one process's group are; `""` in version 2 means all controllers."""

    version: int
    folders: Mapping[str, str]

    def numbers(self) -> GroupNumbers:
        """All of them, as they are now; zeros when the group has gone."""
        return _version_2(self.folders[""]) if self.version == 2 else _version_1(self.folders)


def group_of(pid: int, cgroups: Cgroups) -> Group | None:
    """The group of a process, or None when the process has gone."""
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    paths = {name: path for line in lines for name, path in _entry(line)}
    if cgroups.version == 2:
        return Group(2, {"": ROOT + paths.get("", "/")})
    places = cgroups.mountpoints
    return Group(1, {name: places[name] + paths[name] for name in _V1 if name in places and name in paths})


def _entry(line: str) -> list[tuple[str, str]]:
    """`4:cpu,cpuacct:/a` -> each controller with the path."""
    _, names, path = line.split(":", 2)
    return [(name, path) for name in names.split(",")]


def _version_1(folders: Mapping[str, str]) -> GroupNumbers:
    memory = folders.get("memory", "")
    limit = number(_text(memory, "memory.limit_in_bytes"))
    cache = fields(_text(memory, "memory.stat")).get("total_inactive_file", 0)
    block = folders.get("blkio", "")
    read, written = next((found for name in _BLOCK_V1 if any(found := blocks_v1(_text(block, name)))), (0, 0))
    return GroupNumbers(
        cpu=number(_text(folders.get("cpuacct", ""), "cpuacct.usage")),
        memory=without_cache(number(_text(memory, "memory.usage_in_bytes")), cache),
        memory_limit=limit if limit < 1 << 60 else 0,  # the kernel's "no limit" is just below 1 << 63
        pids=number(_text(folders.get("pids", ""), "pids.current")),
        read=read,
        written=written,
    )


def _version_2(folder: str) -> GroupNumbers:
    cache = fields(_text(folder, "memory.stat")).get("inactive_file", 0)
    read, written = blocks_v2(_text(folder, "io.stat"))
    return GroupNumbers(
        cpu=fields(_text(folder, "cpu.stat")).get("usage_usec", 0) * 1000,
        memory=without_cache(number(_text(folder, "memory.current")), cache),
        memory_limit=number(_text(folder, "memory.max")),
        pids=number(_text(folder, "pids.current")),
        read=read,
        written=written,
    )


def machine_memory() -> int:
    """Bytes of memory that the machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def number(text: str) -> int:
    """A file of one number; `max` and an empty one are 0."""
    word = text.strip()
    return int(word) if word.isdecimal() else 0


def fields(text: str) -> dict[str, int]:
    """Lines of `NAME NUMBER`."""
    pairs = (line.partition(" ") for line in text.splitlines())
    return {name: int(value) for name, _, value in pairs if value.isdecimal()}


def blocks_v1(text: str) -> tuple[int, int]:
    """(read, written) of lines `8:0 Read 4096`, all devices together."""
    found = {"Read": 0, "Write": 0}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in found and words[2].isdecimal():
            found[words[1]] += int(words[2])
    return found["Read"], found["Write"]


def blocks_v2(text: str) -> tuple[int, int]:
    """(read, written) of lines `8:0 rbytes=4096 wbytes=0 ...`."""
    found = {"rbytes": 0, "wbytes": 0}
    for line in text.splitlines():
        for word in line.split()[1:]:
            name, _, value = word.partition("=")
            if name in found and value.isdecimal():
                found[name] += int(value)
    return found["rbytes"], found["wbytes"]


def _text(folder: str, name: str) -> str:
    """A file of the kernel's in one read: `open` of Python costs three times as much, and there are many."""
    if not folder:
        return ""
    try:
        descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        parts = []
        while part := os.read(descriptor, 65536):
            parts.append(part)
        return b"".join(parts).decode("ascii", "replace")
    except OSError:  # the group is just being removed
        return ""
    finally:
        os.close(descriptor)
