"""Specs as a whole, against golden files."""

from dataclasses import replace

import pytest

from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.model.block_io import BlockLimits, DeviceLimit
from nerdpy.model.cdi_edits import EditedMount, Edits, Hook, Link
from nerdpy.model.device import parse_device_rule
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.options import (
    CreateOptions,
    DeviceRequest,
    Identity,
    MountOptions,
    NetworkOptions,
    ProcessOptions,
    ResourceOptions,
    SecurityOptions,
    Ulimit,
)
from nerdpy.spec.build import build_spec, cgroup_path, warnings
from nerdpy.spec.facts import DeviceFacts, Facts, UserFacts
from tests.conftest import Golden
from tests.unit.spec.samples import FACTS, ID, OLD_FACTS, asked, shown

BOB = UserFacts(uid=1000, gid=1000, additional_gids=(1000, 10), home="/home/bob")
KVM = DeviceFacts(path="/dev/kvm", type="c", major=10, minor=232, file_mode=0o660, uid=0, gid=104)
LIMITS = ResourceOptions(
    memory=64 << 20,
    memory_reservation=32 << 20,
    cpu_quota=150000,
    cpu_period=100000,
    cpu_shares=512,
    cpuset_cpus="0,1",
    pids_limit=100,
    blkio_weight=300,
    oom_score_adj=500,
    ulimits=(Ulimit(name="nofile", soft=1024, hard=2048), Ulimit(name="core", soft=-1, hard=-1)),
)
MOUNTS = (
    ResolvedMount(
        type="volume", name="data", source="/v/data/_data", target="/data/deep", options=("rbind",)
    ),
    ResolvedMount(
        type="bind", source="/host", target="/data", propagation="rshared", options=("rbind", "rshared")
    ),
    ResolvedMount(type="tmpfs", source="", target="/dev/shm", options=("noexec", "size=1m")),
    ResolvedMount(type="bind", source="/h", target="/etc/hosts", options=("rbind", "ro", "rprivate")),
)
EDITS = Edits(
    environment=("A=cdi", "B=2"),
    mounts=(EditedMount(path="/deep/er", source="/h/lib", options=("ro", "nosuid")),),
    hooks=(
        Hook(moment="createContainer", path="/bin/x", arguments=("x", "y"), environment=("C=2",), timeout=3),
        Hook(moment="createContainer", path="/bin/y"),
    ),
    groups=(7,),
    rdt={"closID": "silver"},
    links=(Link(path="net0", host_name="eth9"),),
)
CASES: dict[str, tuple[CreateOptions, Facts]] = {
    "default": (asked(), FACTS),
    "default-cgroup-v1": (asked(), OLD_FACTS),
    "terminal": (asked(process=ProcessOptions(has_tty=True, console_size=(24, 80))), FACTS),
    "user": (asked(process=ProcessOptions(user="bob", umask=0o27)), replace(FACTS, user=BOB)),
    "limits": (asked(resources=LIMITS), FACTS),
    "limits-cgroup-v1": (
        asked(resources=replace(LIMITS, memory_swappiness=10, oom_kill_disable=True)),
        OLD_FACTS,
    ),
    "privileged": (asked(security=SecurityOptions(privileged=True)), replace(FACTS, devices=(KVM,))),
    "device": (
        asked(resources=ResourceOptions(devices=(DeviceRequest(host="/dev/kvm"),))),
        replace(FACTS, devices=(replace(KVM, permissions="rw"),)),
    ),
    "mounts": (
        asked(mounts=MountOptions(shm_size=1 << 20)),
        replace(FACTS, mounts=MOUNTS, bind_files=(("/f/hosts", "/etc/hosts"), ("/f/name", "/etc/hostname"))),
    ),
    "read-only": (
        asked(mounts=MountOptions(read_only=True)),
        replace(FACTS, bind_files=(("/f/hosts", "/etc/hosts"),)),
    ),
    "host-everything": (
        asked(
            network=NetworkOptions(requests=(NetworkRequest(name="host"),)),
            security=SecurityOptions(pid="host", ipc="host", uts="host", cgroupns="host"),
        ),
        replace(FACTS, netns_path="", hostname="machine"),
    ),
    "joined": (
        asked(
            network=NetworkOptions(requests=(NetworkRequest(name="container:x"),)),
            security=SecurityOptions(pid="container:x", ipc="container:x"),
        ),
        replace(
            FACTS,
            netns_path="/run/netns/x",
            pidns_path="/proc/9/ns/pid",
            ipcns_path="/proc/9/ns/ipc",
            shm_source="/run/shm/x",
        ),
    ),
    "block-devices": (
        asked(
            resources=ResourceOptions(
                block=BlockLimits(
                    weights=(DeviceLimit("/dev/sda", 500),),
                    read_bps=(DeviceLimit("/dev/sda", 1 << 20), DeviceLimit("/dev/sdb", 1)),
                    write_bps=(DeviceLimit("/dev/sda", 2),),
                    read_iops=(DeviceLimit("/dev/sda", 3),),
                    write_iops=(DeviceLimit("/dev/sda", 4),),
                ),
                device_rules=(parse_device_rule("c 13:* rmw"), parse_device_rule("b 8:0 r")),
                unified={"memory.high": "1G"},
                rdt_class="gold",
            )
        ),
        replace(FACTS, block_numbers={"/dev/sda": (8, 0), "/dev/sdb": (8, 16)}, has_resctrl=True),
    ),
    "cdi": (
        asked(
            resources=ResourceOptions(devices=(DeviceRequest(cdi="vendor.com/class=one"),)),
            process=ProcessOptions(environment=("A=mine",)),
        ),
        replace(
            FACTS,
            edits=EDITS,
            has_resctrl=True,
            devices=(replace(KVM, permissions="rw"),),
            user=UserFacts(additional_gids=(7,)),
        ),
    ),
    "systemd": (asked(process=ProcessOptions(systemd="always")), FACTS),
    "systemd-hybrid": (
        asked(process=ProcessOptions(systemd="always")),
        replace(OLD_FACTS, unified_group="/sys/fs/cgroup/unified", named_group="/sys/fs/cgroup/systemd"),
    ),
    "systemd-cgroup-v1": (
        asked(process=ProcessOptions(systemd="always"), resources=ResourceOptions(cgroup_parent="up")),
        replace(OLD_FACTS, named_group="/sys/fs/cgroup/systemd"),
    ),
    "init": (asked(process=ProcessOptions(init=True)), replace(FACTS, init_source="/usr/bin/tini-static")),
    "words": (
        asked(
            identity=Identity(domainname="example.org", annotations={"a": "b"}),
            security=SecurityOptions(
                cap_drop=("ALL",), cap_add=("CAP_NET_ADMIN",), no_new_privileges=True, unconfined_paths=True
            ),
            resources=ResourceOptions(
                sysctls={"net.ipv4.ip_unprivileged_port_start": "1024"}, cgroup_parent="/up"
            ),
        ),
        replace(FACTS, apparmor_profile="docker-default"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_spec_is_the_one_that_was_reviewed(name: str, golden: Golden) -> None:
    options, facts = CASES[name]
    golden(f"spec/{name}.json", shown(build_spec(options, facts)))


@pytest.mark.parametrize(
    ("manager", "parent", "path"),
    [
        ("cgroupfs", "", f"/default/{ID}"),
        ("cgroupfs", "/up/", f"/up/{ID}"),
        ("systemd", "", f"system.slice:nerdpy:{ID}"),
        ("systemd", "my.slice", f"my.slice:nerdpy:{ID}"),
        ("none", "/up", ""),
    ],
)
def test_the_cgroup_follows_manager_and_parent(manager: str, parent: str, path: str) -> None:
    options = asked(resources=ResourceOptions(cgroup_parent=parent))
    assert cgroup_path(options, replace(FACTS, cgroup_manager=manager)) == path  # type: ignore[arg-type]  # a row of the table


@pytest.mark.parametrize("parent", ["up", ".slice"])
def test_systemd_refuses_a_parent_that_is_no_slice(parent: str) -> None:
    options = asked(resources=ResourceOptions(cgroup_parent=parent))
    with pytest.raises(InvalidArgument, match="slice"):
        cgroup_path(options, replace(FACTS, cgroup_manager="systemd"))


def test_limits_that_the_machine_cannot_keep_are_told_and_left_out() -> None:
    options = asked(resources=replace(LIMITS, memory_swap=1 << 30, oom_kill_disable=True))
    facts = replace(
        FACTS,
        cgroup_controllers=("cpu",),
        has_swap_limit=False,
        has_blkio_weight=False,
        has_seccomp=False,
        can_raise_rlimits=False,
    )
    said = "\n".join(warnings(options, facts))
    for word in ("memory limit", "choice of CPUs", "PIDs", "swap", "oom-kill", "weight", "seccomp", "ulimit"):
        assert word in said
    resources = build_spec(options, facts)["linux"]["resources"]
    assert set(resources) == {"devices", "cpu"}


def test_what_needs_more_than_the_machine_has_is_refused() -> None:
    for resources, facts, words in (
        (ResourceOptions(unified={"memory.high": "1G"}), OLD_FACTS, "cgroup v2"),
        (ResourceOptions(unified={"a": "1"}), replace(FACTS, cgroup_manager="none"), "manager"),
        (ResourceOptions(rdt_class="gold"), FACTS, 'rdt-class "gold"'),
    ):
        with pytest.raises(FailedPrecondition, match=words):
            build_spec(asked(resources=resources), facts)


def test_block_devices_that_cannot_be_limited_are_warned_of() -> None:
    block = BlockLimits(weights=(DeviceLimit("/dev/a", 10),), read_bps=(DeviceLimit("/dev/a", 1),))
    options = asked(resources=ResourceOptions(block=block))
    facts = replace(
        FACTS, block_numbers={"/dev/a": (8, 0)}, has_blkio_weight_device=False, has_blkio_throttle=False
    )
    assert [("weights" in one, "limits" in one) for one in warnings(options, facts)] == [
        (True, False),
        (False, True),
    ]
    assert "blockIO" not in build_spec(options, facts)["linux"]["resources"]


def test_nothing_is_warned_of_without_need() -> None:
    assert warnings(asked(), FACTS) == []
    assert warnings(asked(resources=LIMITS), FACTS) == []


def test_without_a_cgroup_manager_every_limit_is_discarded_in_one_sentence() -> None:
    facts = replace(FACTS, cgroup_manager="none")
    assert warnings(asked(resources=LIMITS), facts) == ["limits are discarded: the cgroup manager is none"]
    assert set(build_spec(asked(resources=LIMITS), facts)["linux"]["resources"]) == {"devices"}
