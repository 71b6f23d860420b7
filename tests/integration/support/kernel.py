"""What the kernel that the tests run on can do."""

import os


def monitors_know_exits() -> bool:
    """Does a pidfd tell the exit code of a process that is not one's child (PIDFD_INFO_EXIT, Linux 6.15)?"""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (6, 15)
