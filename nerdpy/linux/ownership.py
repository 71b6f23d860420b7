"""Whose a copy is, and what it may: owners, modes, extended attributes and times of copied files."""

import os
import stat
from contextlib import suppress

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.shift import SAME, Shift

_PRIVILEGE = "security.capability"
_SET_ID = stat.S_ISUID | stat.S_ISGID


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """What becomes of what a source says about itself.

    A source that is trusted with privileges may give a copy set-id bits and file capabilities, if the owner
    stays the same, too. Those of an untrusted one are lost, and its devices are the owner's alone: a
    container must not put a setuid program or an open disk on the host.
    """

    keeps_owner: bool
    user: int = 0
    group: int = 0
    """Who gets it when owners are not kept."""
    trusts: bool = False
    shift: Shift = SAME

    def owner_of(self, found: os.stat_result) -> tuple[int, int]:
        return self.shift.owner(found.st_uid, found.st_gid) if self.keeps_owner else (self.user, self.group)

    def mode_of(self, found: os.stat_result) -> int:
        mode = stat.S_IMODE(found.st_mode)
        if not self._is_privileged(found) and not stat.S_ISDIR(found.st_mode):
            mode &= ~_SET_ID
        if stat.S_ISBLK(found.st_mode) or stat.S_ISCHR(found.st_mode):
            mode &= 0o777 if self.keeps_owner or self.trusts else 0o600
        return mode

    def give_from(self, source: int, target: int) -> None:
        """To an open file or folder, what another open one has."""
        found = os.fstat(source)
        os.fchown(target, *self.owner_of(found))  # before the mode: chown takes set-id bits away
        os.fchmod(target, self.mode_of(found))
        self._give_attributes(source, target, found)
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))

    def give_named(self, found: os.stat_result, folder: int, name: str) -> None:
        """To a link, device or FIFO that we have just made under `name`."""
        handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            if stat.S_IFMT(os.fstat(handle).st_mode) != stat.S_IFMT(found.st_mode):
                return  # it is not ours any more
            os.chown(name, *self.owner_of(found), dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISLNK(found.st_mode):
                os.chmod(f"/proc/self/fd/{handle}", self.mode_of(found))
        finally:
            os.close(handle)
        with suppress(OSError):
            times = (found.st_atime_ns, found.st_mtime_ns)
            os.utime(name, ns=times, dir_fd=folder, follow_symlinks=False)

    def _is_privileged(self, found: os.stat_result) -> bool:
        if self.keeps_owner:
            return True
        with suppress(InvalidArgument):  # of somebody whom the container does not have
            owner = self.shift.owner(found.st_uid, found.st_gid)
            return self.trusts and owner == (self.user, self.group)
        return False

    def _give_attributes(self, source: int, target: int, found: os.stat_result) -> None:
        with suppress(OSError):
            for name in os.listxattr(source):
                if name.startswith("user.") or (name == _PRIVILEGE and self._is_privileged(found)):
                    with suppress(OSError):
                        value = os.getxattr(source, name)
                        os.setxattr(
                            target, name, self.shift.capabilities(value) if name == _PRIVILEGE else value
                        )
