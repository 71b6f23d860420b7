"""run: block device limits and device rules, read back from the control groups and from inside."""

import re
from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.container.test_run_resources import IS_V2, cgroup_file
from tests.integration.support.cli import Cli

LOOP = Path("/dev/loop0")
SCHEDULER = Path("/sys/block/loop0/queue/scheduler")
GROUPS = Path("/sys/fs/cgroup")
BLKIO = GROUPS / "blkio"

needs_loop = pytest.mark.skipif(not LOOP.exists(), reason="this machine has no loop devices")


@needs_loop
def test_block_device_limits_are_in_the_control_group(idle: Idle, inspected: Inspect) -> None:
    idle("slow", "--device-read-bps", f"{LOOP}:1mb", "--device-write-bps", f"{LOOP}:2mb",
         "--device-read-iops", f"{LOOP}:30", "--device-write-iops", f"{LOOP}:40")  # fmt: skip
    pid = inspected("slow", ".State.Pid")
    if IS_V2:
        assert cgroup_file(pid, "", "", "io.max") == "7:0 rbps=1048576 wbps=2097152 riops=30 wiops=40"
    else:
        wanted = {"read_bps": 1 << 20, "write_bps": 2 << 20, "read_iops": 30, "write_iops": 40}
        found = {name: cgroup_file(pid, "blkio", f"blkio.throttle.{name}_device", "") for name in wanted}
        assert found == {name: f"7:0 {value}" for name, value in wanted.items()}
    host = inspected("slow", ".HostConfig")
    assert host["BlkioDeviceReadBps"] == [{"Path": str(LOOP), "Rate": 1 << 20}]
    assert host["BlkioDeviceWriteIOps"] == [{"Path": str(LOOP), "Rate": 40}]


@pytest.mark.skipif(not (BLKIO / "blkio.bfq.io_service_bytes").exists(), reason="no BFQ with cgroup v1 here")
def test_the_block_weight_is_in_the_control_group(idle: Idle, inspected: Inspect) -> None:
    idle("light", "--blkio-weight", "123")
    assert cgroup_file(inspected("light", ".State.Pid"), "blkio", "blkio.bfq.weight", "") == "123"


@pytest.mark.skipif(
    IS_V2 or not LOOP.exists() or "bfq" not in SCHEDULER.read_text(), reason="no BFQ with cgroup v1 here"
)
def test_a_devices_weight_needs_the_scheduler_that_has_weights(
    cli: Cli, idle: Idle, inspected: Inspect, busybox_image: str
) -> None:
    before = re.findall(r"\[(.*)\]", SCHEDULER.read_text())[0]
    SCHEDULER.write_text("none")
    try:
        refused = cli("run", "--rm", "--blkio-weight-device", f"{LOOP}:300", busybox_image, "true")
        assert refused.code == 125
        assert f'"{LOOP}" has no weights: its I/O scheduler is none' in refused.err
        assert "echo bfq > /sys/block/loop0/queue/scheduler" in refused.err
        SCHEDULER.write_text("bfq")
        idle("heavy", "--blkio-weight-device", f"{LOOP}:300")
        weights = cgroup_file(inspected("heavy", ".State.Pid"), "blkio", "blkio.bfq.weight_device", "")
        assert "7:0 300" in weights.splitlines()
        cli.ok("rm", "-f", "heavy")
    finally:
        SCHEDULER.write_text(before)


def test_device_rules_allow_what_is_made_later(inside: Inside) -> None:
    script = "mknod /d c 10 237; (: > /d) 2>/dev/null && echo opened || echo refused"
    assert inside(script) == ["refused"]
    assert inside(script, "--device-cgroup-rule", "c 10:* rmw") == ["opened"]
    assert inside(script, "--device-cgroup-rule", "a *:* rwm") == ["opened"]
    assert inside(script, "--device-cgroup-rule", "c 10:237 rm") == ["refused"]


IMPOSSIBLE = (
    (("--device-read-bps", "/dev/nowhere:1mb"), '"/dev/nowhere"'),
    (("--device-write-iops", "/dev/null:10"), '"/dev/null" is not a block device'),
    (("--blkio-weight-device", "/dev/loop0:5"), "from 10 to 1000"),
    (("--blkio-weight-device", "loop0:50"), '"loop0" is not a device'),
    (("--device-read-bps", "/dev/loop0"), "PATH:SIZE"),
    (("--device-cgroup-rule", "c 1 rwm"), "TYPE MAJOR:MINOR"),
    (("--rdt-class", "a/b"), "plain name"),
    (("--cgroup-conf", "memory.high"), "KEY=VALUE"),
    (("--cgroup-conf", "../memory.high=1"), "KEY=VALUE"),
    *(() if IS_V2 else ((("--cgroup-conf", "memory.high=1G"), "--cgroup-conf needs cgroup v2"),)),
)


def test_impossible_devices_are_refused_and_nothing_is_left(cli: Cli, busybox_image: str) -> None:
    for flags, words in IMPOSSIBLE:
        refused = cli("run", "--rm", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []


@pytest.mark.skipif(Path("/sys/fs/resctrl/schemata").exists(), reason="this machine has resource control")
def test_a_resource_class_needs_resource_control(cli: Cli, busybox_image: str) -> None:
    refused = cli("run", "--rm", "--rdt-class", "gold", busybox_image, "true")
    assert refused.code == 125
    assert '--rdt-class "gold" needs resource control, which is not mounted' in refused.err


def test_a_file_of_cgroup_v2_is_written(cli: Cli, idle: Idle, only_v2: None) -> None:
    container = idle("deep", "--cgroup-conf", "cgroup.max.depth=7")
    (file,) = GROUPS.glob(f"*/{container}/cgroup.max.depth")
    assert file.read_text() == "7\n"
    cli.ok("rm", "-f", "deep")
