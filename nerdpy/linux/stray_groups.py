"""Control groups that a runtime has left behind, killed while it was making or deleting a container."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from nerdpy.linux.cgroups import ROOT, look
from nerdpy.linux.oom import group_folder

_LOOKS, _PAUSE = 20, 0.01
"""A killed process leaves its group a moment later."""


def remove_group(cgroups_path: str) -> None:
    """Take away the group (`cgroups_path` as in the OCI spec) in every hierarchy, and kill who is in it. None
    there, as always when the runtime has done its work, is fine; so is one that can't be removed."""
    group = group_folder(cgroups_path)
    if group:
        for root in hierarchies():
            remove_folder(Path(root, group))


def remove_folder(folder: Path) -> None:
    """Take away one group of one hierarchy, with those below it, and kill who is in them."""
    for _ in range(_LOOKS):
        if folder.is_dir():
            _empty(folder)
        if not folder.is_dir():
            return
        time.sleep(_PAUSE)


def hierarchies() -> set[str]:
    """The folders at which groups begin: one with cgroup v2, else one for each controller."""
    cgroups = look()
    return {ROOT} if cgroups.version == 2 else {*cgroups.mountpoints.values(), cgroups.unified} - {""}


def _empty(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        for pid in _members(path):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            os.rmdir(path)


def _members(path: str) -> Iterator[int]:
    with suppress(OSError):
        yield from map(int, Path(path, "cgroup.procs").read_text().split())


def remove_empty_group(group: str) -> str:
    """Take away a group and the empty ones below it, in every hierarchy; nobody is killed. Which folder could
    not be removed and why; empty when all are gone."""
    for root in sorted(hierarchies()):
        for path, _, _ in os.walk(Path(root, group), topdown=False):
            try:
                os.rmdir(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                return f"{path}: {(error.strerror or '').lower()}"
    return ""
