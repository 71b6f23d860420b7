"""How much a process's network namespace has received and sent (`/proc/PID/net/dev`, proc_pid_net(5))."""

import os
from contextlib import suppress


def traffic_of(pid: int) -> tuple[int, int]:
    """(bytes received, bytes sent) over all interfaces but `lo`; zeros for a process that is gone, and for
    one in our own namespace: the machine's traffic is not the container's."""
    with suppress(OSError):
        if os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            return 0, 0
        with open(f"/proc/{pid}/net/dev") as file:
            return parse(file.read())
    return 0, 0


def parse(text: str) -> tuple[int, int]:
    """Pure: sums of the first and the ninth number of each line `eth0: 1 2 ...`."""
    received = sent = 0
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        words = rest.split()
        if colon and name.strip() != "lo" and len(words) >= 9:
            received += int(words[0])
            sent += int(words[8])
    return received, sent
