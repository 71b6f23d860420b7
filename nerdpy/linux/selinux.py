"""SELinux labels of files (xattr(7) `security.selinux`), where the kernel has SELinux switched on."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from nerdpy.errors import InvalidArgument
from nerdpy.linux.tree import walk

_ENFORCE = Path("/sys/fs/selinux/enforce")
_ATTRIBUTE = "security.selinux"
_PATHS = (
    "/ /bin /boot /dev /etc /etc/passwd /etc/pki /etc/shadow /home /lib /lib64 /media /opt /proc /root /run "
    "/sbin /srv /sys /tmp /usr /var /var/lib /var/log"
)
_SYSTEM = frozenset(_PATHS.split())
"""With another label the machine itself would no longer work; docker refuses the same."""

Writer = Callable[[str, bytes], None]


def is_enabled() -> bool:
    """Does the kernel look at labels?"""
    return _ENFORCE.exists()


def set_label(path: str, label: bytes) -> None:
    """lsetxattr(2); a filesystem that has no labels of its own is fine."""
    try:
        os.setxattr(path, _ATTRIBUTE, label, follow_symlinks=False)
    except OSError as error:
        if error.errno not in {errno.ENOTSUP, errno.ENOENT}:
            raise


def relabel(path: str, label: str, write: Writer = set_label) -> None:
    """Give the file or folder, and all that is below it, the label. No link is followed below `path`;
    InvalidArgument for what belongs to the system."""
    real = os.path.realpath(path)
    if real in _SYSTEM:
        raise InvalidArgument(
            f"SELinux relabeling of {real} is not allowed", hint="leave z and Z out, or mount a folder below"
        )
    text = label.encode()
    write(real, text)
    if not os.path.isdir(real):
        return
    top = os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder, name, _ in walk(top):
            write(f"/proc/self/fd/{folder}/{name}", text)
    finally:
        os.close(top)
