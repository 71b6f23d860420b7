"""run: what the process may do: capabilities, seccomp, devices, shared namespaces, sysctls."""

import os
from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.support.cli import Cli

DEFAULT = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
"""docker's: chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw
sys_chroot mknod audit_write setfcap."""
SYS_ADMIN, NET_ADMIN, SYS_TIME, CHOWN = 21, 12, 25, 0
STATUS = "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status"


def status_of(lines: list[str]) -> dict[str, str]:
    return {line.split(":")[0]: line.split()[1] for line in lines}


def bits(text: str) -> set[int]:
    return {bit for bit in range(64) if int(text, 16) >> bit & 1}


def test_the_default_process_is_confined_as_dockers(inside: Inside) -> None:
    script = STATUS + "; cat /proc/keys /proc/timer_list 2>/dev/null | wc -c; ls /sys/firmware | wc -l; " + (
        "touch /proc/sys/kernel/domainname 2>/dev/null || echo ro; grep -c ' /sys sysfs ro' /proc/mounts; "
        "unshare -U true 2>/dev/null || echo no-userns; ls /dev | sort | tr '\\n' ' '"
    )  # fmt: skip
    found = inside(script)
    status = status_of(found[:4])
    assert bits(status["CapEff"]) == bits(status["CapBnd"]) == DEFAULT
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("0", "2")
    assert found[4:9] == ["0", "0", "ro", "1", "no-userns"]
    devices = set(found[9].split()) - {"core"}  # a link to /proc/kcore, where there is one
    assert " ".join(sorted(devices)) == (
        "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"
    )


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (("--cap-add", "net_admin", "--cap-add=CAP_SYS_TIME"), DEFAULT | {NET_ADMIN, SYS_TIME}),
        (("--cap-drop", "Chown", "--cap-drop", "CAP_KILL"), DEFAULT - {CHOWN, 5}),
        (("--cap-drop=ALL", "--cap-add=CHOWN"), {CHOWN}),
        (("--cap-drop", "ALL"), set()),
    ],
)
def test_capabilities_are_added_and_dropped_by_any_spelling(
    inside: Inside, flags: tuple[str, ...], wanted: set[int]
) -> None:
    assert bits(status_of(inside(STATUS, *flags))["CapEff"]) == wanted


def test_a_user_without_root_has_no_capabilities(inside: Inside) -> None:
    status = status_of(inside(STATUS, "-u", "1000"))
    assert (bits(status["CapEff"]), bits(status["CapBnd"])) == (set(), DEFAULT)


def test_all_capabilities_are_those_that_the_machine_has(inside: Inside, cli: Cli) -> None:
    ours = status_of(
        [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapBnd")]
    )
    found = status_of(inside(STATUS, "--cap-add", "all", "--cap-drop", "sys_admin"))
    assert bits(found["CapEff"]) == bits(ours["CapBnd"]) - {SYS_ADMIN}


def test_privileged_lifts_everything(inside: Inside) -> None:
    script = (
        STATUS
        + "; ls /dev/null /dev/kmsg; touch /proc/sys/kernel/domainname && echo writable; "
        + ("mount -t tmpfs none /tmp && echo mounted; grep -c ' /sys sysfs rw' /proc/mounts")
    )
    found = inside(script, "--privileged")
    status = status_of(found[:4])
    assert bits(status["CapEff"]) >= DEFAULT | {SYS_ADMIN, NET_ADMIN}
    assert status["Seccomp"] == "0"
    assert sorted(found[4:]) == sorted(["/dev/null", "/dev/kmsg", "writable", "mounted", "1"])


def test_security_options_change_one_thing_each(inside: Inside, tmp_path: Path) -> None:
    assert status_of(inside(STATUS, "--security-opt", "seccomp=unconfined"))["Seccomp"] == "0"
    assert status_of(inside(STATUS, "--security-opt", "no-new-privileges"))["NoNewPrivs"] == "1"
    assert status_of(inside(STATUS, "--security-opt", "no-new-privileges:false"))["NoNewPrivs"] == "0"
    profile = tmp_path / "profile.json"
    profile.write_text(
        '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], '
        '"action": "SCMP_ACT_ERRNO"}]}'
    )
    found = inside("mkdir /x 2>/dev/null || echo forbidden; touch /y && echo fine", "--security-opt",
                   f"seccomp={profile}")  # fmt: skip
    assert found == ["forbidden", "fine"]
    unmasked = inside("grep -c '/proc/sys proc ro' /proc/mounts || :", "--security-opt",
                      "systempaths=unconfined")  # fmt: skip
    assert unmasked == ["0"]


def test_devices_are_given_with_their_rights(inside: Inside) -> None:
    script = (
        "stat -c %t:%T /dev/mine; head -c1 /dev/mine | wc -c; (: > /dev/mine) 2>/dev/null || echo no-write"
    )
    plain = inside("ls /dev/loop0 2>/dev/null | wc -l; stat -c %t:%T /dev/fuse", "--device", "/dev/fuse")
    assert plain == ["0", "a:e5"]
    assert inside(script, "--device", "/dev/zero:/dev/mine:r")[:2] == ["1:5", "1"]


def test_namespaces_of_the_host_are_shared_on_request(inside: Inside) -> None:
    ours = {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in ("pid", "ipc", "uts", "net")}
    script = "for n in pid ipc uts net; do readlink /proc/self/ns/$n; done"
    host = inside(script, "--pid", "host", "--ipc=host", "--uts", "host", "--network", "host")
    assert host == [ours[kind] for kind in ("pid", "ipc", "uts", "net")]
    assert not set(inside(script)) & set(ours.values())


def test_pid_and_ipc_of_another_container_are_joined_and_looked_up_again(
    cli: Cli, idle: Idle, inspected: Inspect, busybox_image: str
) -> None:
    owner = idle("owner", "--ipc", "shareable")
    idle("guest", "--pid", "container:owner", "--ipc", "container:owner")
    links = "readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc"
    theirs = cli.ok("exec", "owner", "sh", "-c", links + "; echo shm > /dev/shm/file").lines
    assert cli.ok("exec", "guest", "sh", "-c", links + "; cat /dev/shm/file").lines == [*theirs, "shm"]
    assert inspected("guest", ".HostConfig.PidMode") == f"container:{owner}"
    assert inspected("guest", ".HostConfig.IpcMode") == f"container:{owner}"
    cli.ok("restart", "-t0", "owner")
    cli.ok("restart", "-t0", "guest")
    theirs = cli.ok("exec", "owner", "sh", "-c", links).lines
    assert cli.ok("exec", "guest", "sh", "-c", links).lines == theirs
    idle("private")
    refused = cli("run", "--ipc", "container:private", busybox_image)
    assert refused.code == 125
    assert "shareable" in refused.err
    cli.ok("stop", "-t0", "private")
    refused = cli("run", "--name", "never", "--pid", "container:private", busybox_image, "true")
    assert refused.code == 125
    assert "is not running" in refused.err
    assert "never" not in cli.ok("ps", "-a", "--format", "{{.Names}}").lines


def test_sysctls_are_set_in_the_containers_namespaces(inside: Inside) -> None:
    script = "cd /proc/sys; cat net/core/somaxconn kernel/msgmax net/ipv4/ip_unprivileged_port_start"
    assert inside(script, "--sysctl", "net.core.somaxconn=77", "--sysctl", "kernel.msgmax=4242") == [
        "77",
        "4242",
        "0",
    ]
    assert inside(script, "--sysctl", "net.ipv4.ip_unprivileged_port_start=99")[-1] == "99"


MALFORMED = (
    (("--cap-add", "FLY"), "FLY"),
    (("--security-opt", "seccomp=/no/such/profile"), "/no/such/profile"),
    (("--security-opt", "colour=blue"), "colour"),
    (("--device", "/dev/no-such-device"), "/dev/no-such-device"),
    (("--device", "/dev/null:/dev/x:q"), "q"),
    (("--pid", "sideways"), "sideways"),
    (("--ipc", "sideways"), "sideways"),
    (("--uts", "sideways"), "sideways"),
    (("--pid", "container:nobody"), "No such container: nobody"),
    (("--ulimit", "nofile=9:1"), "nofile"),
    (("--ulimit", "colour=1"), "colour"),
    (("--sysctl", "kernel.hostname"), "kernel.hostname"),
    (("--sysctl", "no.such.sysctl=1"), "no.such.sysctl"),
    (("--network", "host", "--sysctl", "net.core.somaxconn=1"), "net.core.somaxconn"),
    (("--runtime", "no-such-runtime"), "no-such-runtime"),
)


def test_malformed_security_flags_are_refused_and_nothing_is_left(cli: Cli, busybox_image: str) -> None:
    for flags, words in MALFORMED:
        refused = cli("run", "--rm", "--name", "never", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert "internal error" not in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []
