"""The reading ends of a process's output, had again when whoever held them is gone.

A pipe without a reader can be opened for reading through /proc/PID/fd of whoever can write to it; what nobody
has read yet is still in it. What is no file that can be opened again, the master of a terminal, is taken over
as a copy (pidfd_getfd(2), Linux 5.6).
"""

import fcntl
import os
import select
import stat
from collections.abc import Iterator
from contextlib import suppress

from nerdpy.linux.process import fields_of

_PARENT, _TERMINAL = 1, 4
"""In /proc/PID/stat, counted from the state on (proc_pid_stat(5))."""
_PIDFD_GETFD = 438
_TIOCGPTN = 0x80045430
"""ioctl_tty(2): which one below /dev/pts."""
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def reopened_pipe(pid: int, inode: int) -> int | None:
    """A reading end, not blocking, of the pipe with this inode, if the process or its parent can write to it
    yet."""
    for path in _descriptors(pid):
        with suppress(OSError):
            found = os.stat(path)
            if found.st_ino == inode and stat.S_ISFIFO(found.st_mode):
                return _unless_hung_up(os.open(path, _READING))
    return None


def taken_terminal(pid: int) -> int | None:
    """The master of the process's controlling terminal, out of its parent's hands."""
    from nerdpy.linux.libc import syscall

    fields = fields_of(pid)
    wanted = os.minor(int(fields[_TERMINAL])) if fields else 0
    for path in _descriptors(pid):
        with suppress(OSError):
            if not os.readlink(path).endswith("ptmx"):
                continue
            _, _, owner, _, number = path.split("/")
            pidfd = os.pidfd_open(int(owner))
            try:
                taken = syscall(_PIDFD_GETFD, pidfd, int(number), 0)
            finally:
                os.close(pidfd)
            if _terminal_number(taken) == wanted:
                return taken
            os.close(taken)
    return None


def _unless_hung_up(pipe: int) -> int | None:
    poller = select.poll()
    poller.register(pipe, select.POLLIN)
    if any(event == select.POLLHUP for _, event in poller.poll(0)):
        os.close(pipe)
        return None
    return pipe


def _terminal_number(master: int) -> int:
    return int.from_bytes(fcntl.ioctl(master, _TIOCGPTN, bytes(4)), "little")


def _descriptors(pid: int) -> Iterator[str]:
    """Paths of all that the process's parent holds open, and the process itself."""
    fields = fields_of(pid)
    for one in (int(fields[_PARENT]), pid) if fields else ():
        with suppress(OSError):
            yield from (f"/proc/{one}/fd/{name}" for name in os.listdir(f"/proc/{one}/fd"))
