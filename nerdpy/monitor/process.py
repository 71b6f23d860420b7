"""The container's first process, seen from beside: its pid from the bundle, its exit by pidfd."""

import os
import sys
import time

from nerdpy.monitor.frugal import load_object

PID_FILE = "init.pid"
"""runc writes it into the bundle, the monitor's working directory, when it has created the process: some
60 ms after the monitor's start."""

ESRCH = 3
PIDFS_IOCTL_MAGIC = 0xFF
PIDFD_INFO_EXIT = 1 << 3
REAPING_LOOKS = 50


class InitProcess:
    """Unknown at first, then running, then gone."""

    def __init__(self, container_id: str) -> None:
        self._container_id = container_id
        self.pid = 0
        self.is_gone = False
        self.pidfd = -1
        self.exit_code = -1
        """128 and the signal's number for one that a signal ended; -1: not known."""
        self._memory_events = -1
        self.oom_kills = -1
        """How many processes of the container the kernel has killed for want of memory; -1: not known."""

    def look(self, told: int = 0) -> None:
        """Find out the pid, if it is not known yet."""
        pid = told or _read_pid()
        if self.pid or not pid:
            return
        self.pid = pid
        try:
            self.pidfd = os.pidfd_open(pid)
            self._memory_events = open_memory_events(pid, self._container_id)
        except ProcessLookupError:
            self.is_gone = True
        except OSError:  # a kernel or sandbox without pidfd: `check` asks for the pid now and then
            self.check()

    @property
    def needs_asking(self) -> bool:
        """Can't its exit be polled for?"""
        return bool(self.pid) and self.pidfd < 0 and not self.is_gone

    def check(self) -> None:
        """Ask whether the process is there."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            self.is_gone = True
        except PermissionError:
            pass

    def count_oom_kills(self) -> None:
        """To be asked as soon as the process has ended, and before somebody ends it: systemd is about to
        remove the control group, and with it the counter. That there were none before is no answer then."""
        if self._memory_events >= 0:
            kills = read_oom_kills(self._memory_events)
            self.oom_kills = kills if self.oom_kills < 1 else self.oom_kills

    def note_exit(self) -> None:
        """The pidfd has become readable."""
        self.is_gone = True
        if self._memory_events >= 0:
            os.close(self._memory_events)
            self._memory_events = -1
        if self.pidfd >= 0:
            self.exit_code = _exit_code(self.pidfd)
            os.close(self.pidfd)
            self.pidfd = -1

    def kill(self) -> None:
        """End a container that must not start: its network could not be attached."""
        if self.pid and not self.is_gone:
            os.kill(self.pid, 9)


def _exit_code(pidfd: int) -> int:
    """The exit code of a process that is not our child; -1 where the kernel (before 6.15) does not tell.

    ioctl PIDFD_GET_INFO of linux/pidfd.h. The status is there when the shim has collected it.
    """
    import fcntl

    for _ in range(REAPING_LOOKS):
        info = bytearray(struct_size := 64)
        info[0] = PIDFD_INFO_EXIT
        try:
            fcntl.ioctl(pidfd, 3 << 30 | struct_size << 16 | PIDFS_IOCTL_MAGIC << 8 | 11, info)
        except OSError as error:
            if error.errno != ESRCH:
                return -1
        if info[0] & PIDFD_INFO_EXIT:
            status = int.from_bytes(info[60:64], sys.byteorder)
            return 128 + (status & 0x7F) if status & 0x7F else status >> 8 & 0xFF
        time.sleep(0.002)
    return -1


def open_memory_events(pid: int, container_id: str) -> int:
    """The file in which the kernel counts what it kills in the container's control group, -1 where there is
    none: `memory.events` of cgroup v2, `memory.oom_control` of v1 (cgroups(7)).

    The container may have moved its first process further down; a group without the container's id in its
    path is not the container's own.
    """
    for line in _read(f"/proc/{pid}/cgroup").split(b"\n"):
        controllers, _, path = line.partition(b":")[2].partition(b":")
        above, found, below = os.fsdecode(path).rpartition(container_id)
        group = above + found + below.partition("/")[0]
        if not found:
            continue
        place = f"memory{group}/memory.oom_control" if controllers else f"{group[1:]}/memory.events"
        if not controllers or b"memory" in controllers.split(b","):
            try:
                return os.open(f"/sys/fs/cgroup/{place}", os.O_RDONLY | os.O_CLOEXEC)
            except OSError:  # a machine with both versions has its counters in one of them
                continue
    return -1


def read_oom_kills(memory_events: int) -> int:
    """What such a file counts; -1 if it is gone, or does not count."""
    try:
        count = os.pread(memory_events, 512, 0).partition(b"oom_kill ")[2].partition(b"\n")[0]
    except OSError:
        return -1
    return int(count) if count.isdigit() else -1


def write_pid(path: str, pid: int) -> None:
    """What --pidfile asks for; a container does not end for want of it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    except OSError:
        return
    try:
        os.write(descriptor, b"%d" % pid)
    finally:
        os.close(descriptor)


def _read_pid() -> int:
    try:
        descriptor = os.open(PID_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        text = os.read(descriptor, 32)
    finally:
        os.close(descriptor)
    return int(text) if text.isdigit() else 0


def is_alive(marker: str) -> bool:
    """Does the process run that a file holds the pid and start time of?"""
    value = load_object(marker)
    fields = _status_of(value.get("pid"))
    return bool(fields) and fields[0] not in {b"Z", b"X"} and int(fields[19]) == value.get("start_time")


def start_time(pid: int) -> int:
    """When it was started, in ticks since boot; 0: it is gone."""
    fields = _status_of(pid)
    return int(fields[19]) if fields else 0


def _status_of(pid: object) -> list[bytes]:
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _read(path: str) -> bytes:
    """A file of /proc; nothing where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
