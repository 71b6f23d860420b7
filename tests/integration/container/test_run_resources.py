"""run: limits, read back from the control groups of the container's own process."""

from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

ROOT = Path("/sys/fs/cgroup")
IS_V2 = (ROOT / "cgroup.controllers").exists()


def cgroup_file(pid: int, controller: str, v1: str, v2: str) -> str:
    """The text of a file in the process's own group, wherever that is mounted."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if IS_V2 and not controllers:
            return (ROOT / path[1:] / v2).read_text().strip()
        if controller in controllers.split(","):
            return (ROOT / controller / path[1:] / v1).read_text().strip()
    raise AssertionError(f"no {controller} group of {pid}")


def test_limits_are_in_the_control_groups(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("small", "-m", "64m", "--memory-reservation", "32m", "--cpus", "0.5", "--cpu-shares", "512",
         "--cpuset-cpus", "0", "--cpuset-mems=0", "--pids-limit", "33")  # fmt: skip
    pid = inspected("small", ".State.Pid")
    assert cgroup_file(pid, "memory", "memory.limit_in_bytes", "memory.max") == str(64 << 20)
    assert cgroup_file(pid, "memory", "memory.soft_limit_in_bytes", "memory.low") == str(32 << 20)
    quota = cgroup_file(pid, "cpu", "cpu.cfs_quota_us", "cpu.max")
    assert quota.split()[0] == "50000"
    assert cgroup_file(pid, "cpuset", "cpuset.cpus", "cpuset.cpus") == "0"
    assert cgroup_file(pid, "cpuset", "cpuset.mems", "cpuset.mems") == "0"
    assert cgroup_file(pid, "pids", "pids.max", "pids.max") == "33"
    if not IS_V2:
        assert cgroup_file(pid, "cpu", "cpu.shares", "") == "512"
    host = inspected("small", ".HostConfig")
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"], host["PidsLimit"]) == (
        64 << 20, 128 << 20, 500_000_000, 33,
    )  # fmt: skip
    assert (host["CpusetCpus"], host["CpuShares"], host["CpuQuota"]) == ("0", 512, 0)


def test_swap_is_twice_the_memory_unless_said_otherwise(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("twice", "-m", "64m")
    idle("more", "-m", "64m", "--memory-swap", "200m")
    pid = inspected("twice", ".State.Pid")
    try:
        swap = cgroup_file(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max")
    except FileNotFoundError:
        pytest.skip("this kernel does not count swap")
    assert swap == str((64 if IS_V2 else 128) << 20)
    more = cgroup_file(
        inspected("more", ".State.Pid"), "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"
    )
    assert more == str((136 if IS_V2 else 200) << 20)


def test_nothing_is_limited_by_default(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("free", "--pids-limit=-1")
    pid = inspected("free", ".State.Pid")
    assert (
        int(cgroup_file(pid, "memory", "memory.limit_in_bytes", "memory.max").replace("max", "1" * 19))
        > 1 << 60
    )
    assert cgroup_file(pid, "cpu", "cpu.cfs_quota_us", "cpu.max").split()[0] in {"-1", "max"}
    assert cgroup_file(pid, "pids", "pids.max", "pids.max") == "max"


def test_memory_beyond_the_limit_is_an_oom_kill(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    words = (busybox_image, "sh", "-c", "x=a; while :; do x=$x$x; done")
    eaten = cli("run", "--name", "greedy", "-m", "16m", "--memory-swap", "16m", *words)
    assert eaten.code == 137
    eventually(lambda: inspected("greedy", ".State.Status") == "exited")
    assert inspected("greedy", ".State.OOMKilled") is True


def test_a_child_that_is_killed_for_want_of_memory_is_told_until_the_next_start(
    cli: Cli, busybox_image: str, inspected: Inspect
) -> None:
    eater = "[ -e /eaten ] || { touch /eaten; sh -c 'x=a; while :; do x=$x$x; done'; }; sleep inf"
    cli.ok(
        "run", "-d", "--name", "host", "-m", "16m", "--memory-swap", "16m", busybox_image, "sh", "-c", eater
    )
    eventually(lambda: inspected("host", ".State.OOMKilled") is True)
    assert inspected("host", ".State.Status") == "running"
    cli.ok("stop", "-t", "0", "host")
    assert inspected("host", ".State.OOMKilled") is True
    cli.ok("start", "host")
    assert inspected("host", ".State.OOMKilled") is False
    cli.ok("stop", "-t", "0", "host")
    assert inspected("host", ".State.OOMKilled") is False


def test_pids_beyond_the_limit_are_refused(cli: Cli, busybox_image: str) -> None:
    script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; echo made"
    done = cli("run", "--rm", "--pids-limit", "4", busybox_image, "sh", "-c", script)
    assert "fork" in done.err


IMPOSSIBLE = (
    (("-m", "lots"), "lots"),
    (("-m", "1k"), "6"),
    (("-m", "64m", "--memory-swap", "32m"), "swap"),
    (("--memory-swap", "64m"), "memory"),
    (("--cpus", "many"), "many"),
    (("--cpus", "4096"), "4096"),
    (("--cpus", "1", "--cpu-quota", "1000"), "--cpu"),
    (("--cpuset-cpus", "0-a"), "0-a"),
    (("--cpuset-cpus", "4000"), "requested CPUs are not available - requested 4000"),
    (("--cpuset-mems", "4000"), "requested memory nodes are not available - requested 4000"),
    (("--cpu-shares", "1"), "the range is from 2 to 262144"),
    (("--pids-limit", "few"), "few"),
    (("--oom-score-adj", "5000"), "5000"),
    (("--memory-swappiness", "101"), "101"),
)


def test_impossible_limits_are_refused_and_nothing_is_left(cli: Cli, busybox_image: str) -> None:
    for flags, words in IMPOSSIBLE:
        refused = cli("run", "--rm", "--name", "never", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert "internal error" not in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []
