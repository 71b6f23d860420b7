"""run: security options and control group namespaces, as the process inside finds them."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.container.test_run_resources import IS_V2
from tests.integration.support.cli import Cli

GROUPS = Path("/sys/fs/cgroup")
MAKE = (
    "cd /sys/fs/cgroup/$(ls /sys/fs/cgroup | grep -x memory); "
    "mkdir own 2>/dev/null && rmdir own && echo made || echo no"
)
HAS_APPARMOR = Path("/sys/module/apparmor/parameters/enabled").exists()


def test_control_groups_are_writable_only_on_request(inside: Inside) -> None:
    assert inside(MAKE) == ["no"]
    assert inside(MAKE, "--security-opt", "writable-cgroups=true") == ["made"]
    assert inside(MAKE, "--security-opt", "writable-cgroups=false") == ["no"]
    assert inside(MAKE, "--privileged") == ["made"]


def test_privileged_can_go_without_the_hosts_devices(inside: Inside) -> None:
    script = (
        "ls /dev/kmsg 2>/dev/null || echo no-kmsg; mknod /d c 1 11; (: < /d) 2>/dev/null || echo closed; "
        "grep -c ' /sys sysfs rw' /proc/mounts; mount -t tmpfs none /tmp && echo mounted"
    )
    found = inside(script, "--privileged", "--security-opt", "privileged-without-host-devices")
    assert found == ["no-kmsg", "closed", "1", "mounted"]
    assert inside(script, "--privileged") == ["/dev/kmsg", "1", "mounted"]


def test_privileged_keeps_a_profile_that_was_named(inside: Inside, tmp_path: Path) -> None:
    profile = tmp_path / "p.json"
    rules = [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]
    profile.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules}))
    script = "mkdir /x 2>&1 | grep -o 'not supported'"
    assert inside(script, "--privileged", "--security-opt", f"seccomp={profile}") == ["not supported"]
    builtin = inside("unshare -m true 2>/dev/null || echo no", "--security-opt", "seccomp=builtin")
    assert builtin == ["no"]


def test_all_the_paths_are_open_on_request(inside: Inside) -> None:
    script = "grep -cE ' /proc/(sys|keys|kcore|timer_list) ' /proc/mounts || :; ls /sys/firmware | wc -l"
    closed, opened = inside(script), inside(script, "--security-opt", "systempaths=unconfined")
    assert int(closed[0]) >= 2
    assert closed[1] == "0"
    assert opened[0] == "0"


def test_the_cgroup_namespace_is_private_or_the_hosts(inside: Inside) -> None:
    ours = Path("/proc/self/ns/cgroup").readlink()
    script = "readlink /proc/self/ns/cgroup; cut -d: -f3 /proc/self/cgroup | sort -u"
    host = inside(script, "--cgroupns", "host")
    assert host[0] == str(ours)
    assert any(len(path) > 64 for path in host[1:])
    private = inside(script, "--cgroupns", "private")
    assert private[0] != str(ours)
    assert private[1:] == ["/"]
    default = inside(script)
    assert (default[0] == str(ours)) is not IS_V2


@pytest.mark.skipif(IS_V2, reason="of the manager cgroupfs")
def test_a_control_group_goes_below_the_named_parent(
    cli: Cli, idle: Idle, inspected: Inspect, namespace: str
) -> None:
    parent = f"/{namespace}/up/er"
    container = idle("child", "--cgroup-parent", parent)
    groups = Path(f"/proc/{inspected('child', '.State.Pid')}/cgroup").read_text()
    assert f":memory:{parent}/{container}\n" in groups
    assert inspected("child", ".HostConfig.CgroupParent") == parent
    cli.ok("rm", "-f", "child")
    for hierarchy in GROUPS.iterdir():  # parents stay, as docker's do
        subprocess.run(["rmdir", "-p", f"{namespace}/up/er"], cwd=hierarchy, check=False, capture_output=True)


def test_user_ids_of_the_host_are_the_default_and_can_be_asked_for(inside: Inside) -> None:
    script = "readlink /proc/self/ns/user; cat /proc/self/uid_map | tr -s ' '"
    ours = str(Path("/proc/self/ns/user").readlink())
    assert inside(script)[0] == inside(script, "--userns", "host")[0] == ours


IMPOSSIBLE = (
    (("--security-opt", "no-new-privileges=maybe"), "no-new-privileges"),
    (("--security-opt", "writable-cgroups=maybe"), "writable-cgroups"),
    (("--security-opt", "systempaths=open"), "systempaths=open"),
    (("--security-opt", "privileged-without-host-devices"), "needs --privileged"),
    (("--security-opt", "label=colour"), "label=colour"),
    (("--security-opt", "label=type:"), "label=type:"),
    (("--userns", "private"), "--userns"),
    (("--cgroupns", "other"), "--cgroupns"),
    *(() if HAS_APPARMOR else ((("--security-opt", "apparmor=mine"), "this kernel has no AppArmor"),)),
)


def test_impossible_confinement_is_refused(cli: Cli, busybox_image: str) -> None:
    for flags, words in IMPOSSIBLE:
        refused = cli("run", "--rm", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []


def test_labels_without_selinux_are_told_and_with_it_refused(cli: Cli, busybox_image: str) -> None:
    label = ("--security-opt", "label=type:mine_t")
    told = cli.ok("run", "--rm", *label, busybox_image, "true")
    assert "label=type:mine_t has no effect: SELinux is not switched on" in told.err
    assert cli.ok("run", "--rm", "--security-opt", "label=disable", busybox_image, "true").err == ""
    refused = cli("--selinux-enabled", "run", "--rm", busybox_image, "true")
    assert refused.code == 125
    assert "SELinux labels are not built yet" in refused.err
    cli.ok("--selinux-enabled", "run", "--rm", "--security-opt", "label=disable", busybox_image, "true")
