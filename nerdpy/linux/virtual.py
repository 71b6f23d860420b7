"""Filesystems that hold no files but show the kernel: nobody wants a copy of what is in them."""

import ctypes

from nerdpy.linux.libc import call

_MAGIC = {
    0x9FA0: "proc",
    0x62656572: "sysfs",
    0x1CD1: "devpts",
    0x19800202: "mqueue",
    0x27E0EB: "cgroup",
    0x63677270: "cgroup2",
    0x64626720: "debugfs",
    0x74726163: "tracefs",
    0x73636673: "securityfs",
    0xCAFE4A11: "bpf",
    0x62656570: "configfs",
    0x6165676C: "pstore",
    0x6E736673: "nsfs",
    0x42494E4D: "binfmt_misc",
    0x958458F6: "hugetlbfs",
    0x01021994: "tmpfs",
}
"""The numbers of linux/magic.h."""
_VIRTUAL = set(_MAGIC.values()) - {"tmpfs"}


def is_virtual(descriptor: int) -> bool:
    """Does the open file or folder lie on one of them?"""
    return kind_of_filesystem(descriptor) in _VIRTUAL


def kind_of_filesystem(descriptor: int) -> str:
    """What the open file or folder lies on (fstatfs(2)); empty for those that nothing here depends on."""
    buffer = ctypes.create_string_buffer(
        256
    )  # struct statfs is 120 bytes on 64 bit; its first word is f_type
    call("fstatfs", descriptor, buffer)
    return _MAGIC.get(ctypes.c_long.from_buffer(buffer).value & 0xFFFFFFFF, "")
