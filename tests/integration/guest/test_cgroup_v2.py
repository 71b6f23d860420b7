"""Limits, figures and deaths on pure cgroup v2."""

from collections.abc import Iterable

import pytest

from hack.guest.machine import Guest
from tests.integration.guest.conftest import SLOW, Nerdpy, insist
from tests.integration.support.waiting import eventually

IDLE = ("busybox", "sleep", "inf")
EAT = "x=a; while :; do x=$x$x; done"
MIB = 1 << 20


def values(nerdpy: Nerdpy, container: str, files: Iterable[str]) -> dict[str, str]:
    """What the container itself reads."""
    said = nerdpy("exec", "-w", "/sys/fs/cgroup", container, "grep", "-H", ".", *files)
    return dict(line.split(":", 1) for line in said.lines)


def memory_state(nerdpy: Nerdpy, container: str) -> str:
    return nerdpy("inspect", "-f", "{{.State.Status}} {{.State.OOMKilled}}", container).out.strip()


def test_the_guest_is_what_these_tests_want(guest: Guest) -> None:
    assert insist(guest, "stat", "-fc", "%T", "/sys/fs/cgroup").out == "cgroup2fs\n"
    assert insist(guest, "cat", "/proc/1/comm").out == "systemd\n"


def test_limits_are_set_and_changed_while_it_runs(nerdpy: Nerdpy) -> None:
    nerdpy("run", "-d", "--name", "limited", "--memory", "64m", "--memory-swap", "96m",
           "--memory-reservation", "32m", "--cpus", "0.5", "--cpu-shares", "512", "--cpuset-cpus", "0",
           "--pids-limit", "50", *IDLE)  # fmt: skip
    expected = {
        "memory.max": str(64 * MIB),
        "memory.swap.max": str(32 * MIB),
        "memory.low": str(32 * MIB),
        "cpu.max": "50000 100000",
        "cpuset.cpus": "0",
        "pids.max": "50",
    }
    before = values(nerdpy, "limited", (*expected, "cpu.weight"))
    assert before == expected | {"cpu.weight": before["cpu.weight"]}
    nerdpy("update", "--memory", "128m", "--memory-swap", "128m", "--cpus", "1.5", "--cpu-shares", "2048",
           "--pids-limit", "80", "limited")  # fmt: skip
    expected |= {
        "memory.max": str(128 * MIB),
        "memory.swap.max": "0",
        "cpu.max": "150000 100000",
        "pids.max": "80",
    }
    after = values(nerdpy, "limited", (*expected, "cpu.weight"))
    assert after == expected | {"cpu.weight": after["cpu.weight"]}
    assert int(after["cpu.weight"]) > int(before["cpu.weight"])
    state = nerdpy("inspect", "limited").json[0]["HostConfig"]
    assert (state["Memory"], state["NanoCpus"], state["PidsLimit"]) == (128 * MIB, 1_500_000_000, 80)


def test_a_container_sees_its_own_hierarchy_only_and_single_files_can_be_set(nerdpy: Nerdpy) -> None:
    script = "cd /sys/fs/cgroup; cat /proc/self/cgroup memory.high; mkdir own 2>/dev/null || echo ro"
    said = nerdpy("run", "--rm", "--cgroup-conf", "memory.high=50331648", "busybox", "sh", "-c", script)
    assert said.lines == ["0::/", "50331648", "ro"]
    host = nerdpy("run", "--rm", "--cgroupns", "host", "busybox", "cat", "/proc/self/cgroup").out
    assert host.startswith("0::/")
    assert len(host) > 10


def test_who_takes_too_much_memory_is_killed_and_that_is_told(nerdpy: Nerdpy, guest: Guest) -> None:
    words = ("run", "--name", "greedy", "--memory", "16m", "busybox", "sh", "-c", EAT)
    done = guest.run("nerdpy", *words, timeout=SLOW)
    assert done.code == 137, done
    state = nerdpy("inspect", "greedy").json[0]["State"]
    assert (state["OOMKilled"], state["ExitCode"], state["Status"]) == (True, 137, "exited")
    show = ("events", "--since", "1h", "--until", "0s", "-f", "container=greedy", "--format", "{{.Action}}")
    assert [action for action in nerdpy(*show).lines if action in {"oom", "die"}] == ["oom", "die"]


def test_a_child_that_is_killed_for_want_of_memory_is_told_until_the_next_start(
    nerdpy: Nerdpy, guest: Guest
) -> None:
    script = f"[ -e /eaten ] || {{ touch /eaten; sh -c '{EAT}'; }}; sleep inf"
    nerdpy("run", "-d", "--name", "host", "--memory", "16m", "busybox", "sh", "-c", script)
    eventually(lambda: memory_state(nerdpy, "host") == "running true", seconds=SLOW)
    insist(guest, "systemctl", "restart", "containerd")
    nerdpy("stop", "-t", "0", "host")
    assert memory_state(nerdpy, "host") == "exited true"
    nerdpy("start", "host")
    assert memory_state(nerdpy, "host") == "running false"


def test_want_of_memory_is_seen_while_containerd_is_down(nerdpy: Nerdpy, guest: Guest) -> None:
    nerdpy("run", "-d", "--name", "alone", "--memory", "16m", "busybox", "sh", "-c",
           f"while [ ! -e /go ]; do sleep 0.2; done; {EAT}")  # fmt: skip
    pid = nerdpy("inspect", "-f", "{{.State.Pid}}", "alone").out.strip()
    insist(guest, "systemctl", "stop", "containerd")
    insist(guest, "touch", f"/proc/{pid}/root/go")
    eventually(lambda: guest.run("test", "-e", f"/proc/{pid}").code != 0, seconds=SLOW)
    insist(guest, "systemctl", "start", "containerd")
    eventually(lambda: memory_state(nerdpy, "alone") == "exited true", seconds=SLOW)


def test_stats_tell_what_the_container_uses(nerdpy: Nerdpy) -> None:
    nerdpy("run", "-d", "--name", "busy", "--memory", "64m", "--pids-limit", "20", "busybox", "sh", "-c",
           "while :; do :; done")  # fmt: skip
    row = nerdpy("stats", "--no-stream", "--format", "json", "busy").json
    assert row["Name"] == "busy"
    assert row["MemUsage"].endswith(" / 64MiB"), row
    assert float(row["CPUPerc"].rstrip("%")) > 20, row
    assert row["PIDs"] == "1"


@pytest.mark.parametrize("flag", ["--security-opt=writable-cgroups", "--privileged"])
def test_a_writable_hierarchy_can_be_had(nerdpy: Nerdpy, flag: str) -> None:
    assert nerdpy("run", "--rm", flag, "busybox", "mkdir", "/sys/fs/cgroup/own").out == ""
