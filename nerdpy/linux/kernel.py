"""What the running kernel is and can do."""

import os
import re
from functools import cached_property
from pathlib import Path

from nerdpy.dataclass import dataclass

_GO_NAMES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i386": "386",
    "i686": "386",
    "loongarch64": "loong64",
}
RECURSIVE_READ_ONLY = (5, 12)
"""mount_setattr(2)."""


@dataclass(frozen=True)
class Kernel:
    """One look at uname(2) and at our own /proc/self/status."""

    release: str
    machine: str
    status: str

    @property
    def version(self) -> tuple[int, int]:
        found = re.match(r"(\d+)\.(\d+)", self.release)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def architecture(self) -> str:
        """Go's name of it."""
        return _GO_NAMES.get(self.machine, self.machine)

    @property
    def has_seccomp(self) -> bool:
        return "\nSeccomp:" in self.status

    @cached_property
    def bounding(self) -> int:
        """The capabilities, as bits, that this process may hand on."""
        return self._bits("CapBnd") & self._bits("CapPrm")

    def _bits(self, name: str) -> int:
        found = re.search(rf"^{name}:\s*([0-9a-f]+)$", self.status, re.MULTILINE)
        return int(found[1], 16) if found else 0


def look() -> Kernel:
    """Ask the kernel."""
    names = os.uname()
    return Kernel(names.release, names.machine, Path("/proc/self/status").read_text())


def has_resctrl() -> bool:
    """Is the resource control file system (Intel RDT, AMD QoS, Arm MPAM) mounted?"""
    return os.path.exists("/sys/fs/resctrl/schemata")


def has_apparmor() -> bool:
    """Is AppArmor there and switched on?"""
    try:
        return Path("/sys/module/apparmor/parameters/enabled").read_text().startswith("Y")
    except OSError:
        return False


def apparmor_profiles() -> set[str]:
    """The names of the loaded profiles."""
    try:
        lines = Path("/sys/kernel/security/apparmor/profiles").read_text().splitlines()
    except OSError:
        return set()
    return {line.rpartition(" (")[0] for line in lines}


def thermal_paths() -> tuple[str, ...]:
    """The folders by which a container could watch the host's processors getting warm."""
    folder = "/sys/devices/system/cpu"
    try:
        names = [entry.name for entry in os.scandir(folder) if re.fullmatch(r"cpu\d+", entry.name)]
    except OSError:
        return ()
    paths = (f"{folder}/{name}/thermal_throttle" for name in sorted(names, key=lambda name: int(name[3:])))
    return tuple(path for path in paths if os.path.exists(path))
