"""What `update` makes of the limits that a container has already."""

from typing import Any

import pytest

from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.model.limit_changes import LimitChanges, changed_host_config, changed_resources

M = 1 << 20


def test_what_is_not_given_stays_and_nothing_is_invented() -> None:
    host = {"Memory": 64 * M, "MemorySwap": 128 * M, "Binds": ["/a:/b"]}
    assert changed_host_config(host, LimitChanges(cpu_shares=512)) == {**host, "CpuShares": 512}
    assert changed_host_config({}, LimitChanges(memory=64 * M)) == {"Memory": 64 * M}
    assert changed_host_config(host, LimitChanges(memory=0, cpuset_cpus="")) == host
    spec = {"devices": [{"allow": False}], "memory": {"limit": 64 * M, "disableOOMKiller": True}}
    changed = changed_resources(spec, LimitChanges(memory=32 * M, cpu_quota=-1, blkio_weight=300))
    assert changed == {
        "devices": [{"allow": False}],
        "memory": {"limit": 32 * M, "disableOOMKiller": True},
        "cpu": {"quota": -1},
        "blockIO": {"weight": 300},
    }
    assert spec["memory"] == {"limit": 64 * M, "disableOOMKiller": True}


def test_cpus_stay_cpus_in_docker_s_words_and_are_a_quota_for_the_kernel() -> None:
    changes = LimitChanges(nano_cpus=1_500_000_000)
    assert changed_host_config({"NanoCpus": 5}, changes) == {"NanoCpus": 1_500_000_000}
    spec = {"cpu": {"quota": 1, "period": 2, "shares": 3}}
    assert changed_resources(spec, changes)["cpu"] == {"quota": 150_000, "period": 100_000, "shares": 3}


@pytest.mark.parametrize("limit", [0, -1, -5])
def test_no_limit_of_processes_is_told_to_the_kernel_and_forgotten(limit: int) -> None:
    changes = LimitChanges(pids_limit=limit)
    assert changed_host_config({"PidsLimit": 5}, changes) == {"PidsLimit": None}
    assert changed_resources({"pids": {"limit": 5}}, changes)["pids"] == {"limit": -1}


@pytest.mark.parametrize(
    ("host", "changes", "message"),
    [
        ({"Memory": 64 * M, "MemorySwap": 128 * M}, LimitChanges(memory=200 * M), "already set memoryswap"),
        ({"Memory": 64 * M}, LimitChanges(memory_swap=32 * M), "should be larger than memory limit"),
        ({}, LimitChanges(memory_swap=32 * M), "always set the memory limit"),
        ({"MemoryReservation": 64 * M}, LimitChanges(memory=32 * M), "less than memory reservation"),
        ({}, LimitChanges(memory=M), "invalid memory limit"),
        ({"CpuQuota": 5000}, LimitChanges(nano_cpus=10**9), "--cpus cannot be updated"),
        ({"NanoCpus": 10**9}, LimitChanges(cpu_quota=5000), "CPU quota cannot be updated"),
        ({"NanoCpus": 10**9}, LimitChanges(cpu_period=5000), "CPU period cannot be updated"),
        ({}, LimitChanges(nano_cpus=10**9, cpu_period=5000), "cannot both be set"),
        ({}, LimitChanges(cpu_period=5), "from 1000 to 1000000"),
        ({}, LimitChanges(cpu_quota=5), "1000 and more"),
        ({}, LimitChanges(cpu_shares=-1), "0 and more"),
        ({}, LimitChanges(blkio_weight=5), "from 10 to 1000"),
        ({}, LimitChanges(cpu_rt_period=1000, cpu_rt_runtime=2000), "cannot be higher"),
    ],
)
def test_what_makes_no_sense_is_refused(host: dict[str, Any], changes: LimitChanges, message: str) -> None:
    with pytest.raises((InvalidArgument, Conflict), match=message):
        changed_host_config(host, changes)
