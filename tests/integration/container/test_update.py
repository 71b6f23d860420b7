"""update: read back from the control groups, now and after the next start."""

import os
import signal

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.container.test_run_resources import IS_V2, cgroup_file
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

M = 1 << 20


def memory(pid: int) -> str:
    return cgroup_file(pid, "memory", "memory.limit_in_bytes", "memory.max")


def pids(pid: int) -> str:
    return cgroup_file(pid, "pids", "pids.max", "pids.max")


def quota(pid: int) -> str:
    return cgroup_file(pid, "cpu", "cpu.cfs_quota_us", "cpu.max").split()[0]


def test_limits_change_while_it_runs_and_hold_at_the_next_start(
    cli: Cli, idle: Idle, inspected: Inspect
) -> None:
    idle("web", "-m", "64m", "--memory-reservation", "16m")
    changed = cli.ok("update", "-m", "100m", "--memory-reservation", "32m", "--cpus", "0.5", "-c", "512",
                     "--cpuset-cpus", "0", "--cpuset-mems", "0", "--pids-limit", "33", "web")  # fmt: skip
    assert changed.line == "web"
    for _ in range(2):
        pid = inspected("web", ".State.Pid")
        assert (memory(pid), quota(pid), pids(pid)) == (str(100 * M), "50000", "33")
        assert cgroup_file(pid, "memory", "memory.soft_limit_in_bytes", "memory.low") == str(32 * M)
        assert cgroup_file(pid, "cpuset", "cpuset.cpus", "cpuset.cpus") == "0"
        if not IS_V2:
            assert cgroup_file(pid, "cpu", "cpu.shares", "") == "512"
        cli.ok("restart", "-t", "0", "web")
    host = inspected("web", ".HostConfig")
    assert (host["Memory"], host["MemorySwap"], host["MemoryReservation"]) == (100 * M, 128 * M, 32 * M)
    assert (host["NanoCpus"], host["CpuQuota"], host["CpuPeriod"]) == (500_000_000, 0, 0)
    assert (host["CpuShares"], host["CpusetCpus"], host["PidsLimit"]) == (512, "0", 33)


def test_what_nobody_set_is_not_written(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("web")
    pid = inspected("web", ".State.Pid")
    before = (memory(pid), quota(pid))
    cli.ok("update", "--pids-limit", "50", "web")
    assert (memory(pid), quota(pid), pids(pid)) == (*before, "50")
    cli.ok("update", "--pids-limit", "-1", "web")
    assert pids(pid) == "max"
    host = inspected("web", ".HostConfig")
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"], host["PidsLimit"]) == (0, 0, 0, None)


def test_swap_and_memory_grow_and_shrink_together(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("web", "-m", "64m")
    pid = inspected("web", ".State.Pid")
    refused = cli("update", "-m", "200m", "web")
    assert (refused.code, "update the memoryswap at the same time" in refused.err) == (1, True)
    assert memory(pid) == str(64 * M)
    for size, swap in (("200m", "300m"), ("32m", "40m"), ("40m", "-1")):
        cli.ok("update", "-m", size, "--memory-swap", swap, "web")
        assert memory(pid) == str(int(size[:-1]) * M)


def test_a_container_that_does_not_run_is_changed_for_its_next_start(
    cli: Cli, busybox_image: str, inspected: Inspect
) -> None:
    cli.ok("create", "--name", "later", busybox_image, "sleep", "inf")
    cli.ok("update", "--cpus", "0.25", "-m", "48m", "later")
    cli.ok("start", "later")
    pid = inspected("later", ".State.Pid")
    assert (quota(pid), memory(pid)) == ("25000", str(48 * M))


def test_a_paused_container_is_changed_and_stays_paused(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("web")
    cli.ok("pause", "web")
    cli.ok("update", "--pids-limit", "44", "web")
    assert pids(inspected("web", ".State.Pid")) == "44"
    assert inspected("web", ".State.Status") == "paused"


def test_each_of_several_is_tried(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    idle("one")
    idle("two")
    changed = cli("update", "--pids-limit", "40", "one", "nobody", "two")
    assert (changed.code, changed.lines) == (1, ["one", "two"])
    assert "No such container: nobody" in changed.err
    assert {pids(inspected(name, ".State.Pid")) for name in ("one", "two")} == {"40"}


def test_a_restart_policy_comes_to_a_running_container_and_goes(
    cli: Cli, idle: Idle, inspected: Inspect
) -> None:
    idle("web")
    cli.ok("update", "--restart", "on-failure:3", "web")
    policy = inspected("web", ".HostConfig.RestartPolicy")
    assert policy == {"Name": "on-failure", "MaximumRetryCount": 3}
    first = inspected("web", ".State.Pid")
    os.kill(first, signal.SIGKILL)  # as if it had crashed
    eventually(lambda: inspected("web", ".State.Pid") not in {first, 0}, seconds=30)
    cli.ok("update", "--restart", "no", "web")
    os.kill(inspected("web", ".State.Pid"), signal.SIGKILL)
    eventually(lambda: inspected("web", ".State.Status") == "exited")
    assert inspected("web", ".HostConfig.RestartPolicy")["Name"] == "no"


def test_a_policy_given_to_a_created_container_waits_for_its_start(
    cli: Cli, busybox_image: str, inspected: Inspect
) -> None:
    cli.ok("create", "--name", "later", busybox_image, "sleep", "inf")
    cli.ok("update", "--restart", "always", "later")
    assert inspected("later", ".State.Status") == "created"
    cli.ok("start", "later")
    first = inspected("later", ".State.Pid")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: inspected("later", ".State.Pid") not in {first, 0}, seconds=30)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 1, "you must provide one or more flags"),
        (("-m", "lots"), 125, 'invalid argument "lots" for --memory'),
        (("-m", "1m"), 1, "invalid memory limit"),
        (("--cpus", "999"), 1, "range of CPUs"),
        (("--cpuset-cpus", "999"), 1, "requested CPUs are not available"),
        (("--cpuset-mems", "999"), 1, "requested memory nodes are not available"),
        (("--cpu-shares", "1"), 125, "the range is from 2 to 262144"),
        (("--cpus", "1", "--cpu-quota", "5000"), 1, "cannot both be set"),
        (("--restart", "sometimes"), 125, "restart policy"),
        (("--memory-swap", "64m"), 1, "always set the memory limit"),
        (("--blkio-weight", "5"), 1, "block I/O weight"),
    ],
)
def test_what_is_refused_changes_nothing(
    cli: Cli, busybox_image: str, words: tuple[str, ...], code: int, message: str
) -> None:
    cli.ok("create", "--name", "later", busybox_image)
    before = cli.ok("inspect", "later").json
    refused = cli("update", *words, "later")
    assert (refused.code, message in refused.err) == (code, True), refused
    assert cli.ok("inspect", "later").json == before


def test_auto_removed_containers_get_no_policy(cli: Cli, idle: Idle) -> None:
    idle("short", "--rm")
    refused = cli("update", "--restart", "always", "short")
    assert (refused.code, "AutoRemove is enabled" in refused.err) == (1, True)
