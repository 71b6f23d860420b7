"""docker's info and version, from facts."""

from dataclasses import replace

from nerdpy.dockercompat.info import EngineFacts, MachineFacts, info_object, security_options, warnings_of
from nerdpy.dockercompat.info_text import render_info
from nerdpy.dockercompat.version import (
    ClientVersion,
    Component,
    client_object,
    render_client,
    render_server,
    server_object,
)

CONTAINERD = Component(name="containerd", version="2.1.9", details={"GitCommit": "abc"})
RUNC = Component(name="runc", version="1.3.0")
ENGINE = EngineFacts(
    uuid="u-u-i-d",
    address="/run/c.sock",
    namespace="default",
    states={"running": 2, "paused": 1, "exited": 3, "created": 1},
    images=4,
    snapshotters=("native", "overlayfs"),
    components=(CONTAINERD, RUNC),
)
MACHINE = MachineFacts(
    hostname="host",
    kernel="6.18.0",
    machine="x86_64",
    operating_system="Debian GNU/Linux 13",
    os_version="13",
    cpus=2,
    memory=8 * 1024**3,
    system_time="2026-01-01T00:00:00Z",
    data_root="/var/lib/nerdpy",
    cgroup_driver="systemd",
    cgroup_version=2,
    limits=frozenset({"memory", "swap", "cpu", "cpuset", "pids"}),
    runtimes=("runc",),
    network_drivers=("bridge",),
)
CLIENT = ClientVersion(version="0.1.0", python="3.13.5", operating_system="linux", architecture="amd64")


def test_containers_that_neither_run_nor_pause_count_as_stopped() -> None:
    info = info_object(ENGINE, MACHINE, "0.1.0")
    counts = ("Containers", "ContainersRunning", "ContainersPaused", "ContainersStopped", "Images")
    assert [info[name] for name in counts] == [7, 2, 1, 4, 4]


def test_programs_without_a_commit_are_known_by_their_version() -> None:
    info = info_object(ENGINE, MACHINE, "0.1.0")
    assert info["ServerVersion"] == "2.1.9"
    assert info["ContainerdCommit"] == {"ID": "abc"}
    assert info["RuncCommit"] == {"ID": "1.3.0"}


def test_security_options_are_spelt_as_dockers() -> None:
    machine = replace(MACHINE, has_apparmor=True, is_rootless=True)
    assert security_options(machine) == [
        "name=apparmor",
        "name=seccomp,profile=builtin",
        "name=rootless",
        "name=cgroupns",
    ]


def test_a_healthy_machine_has_no_warnings() -> None:
    assert warnings_of(ENGINE, MACHINE) == []


def test_what_will_not_work_is_warned_of() -> None:
    machine = replace(
        MACHINE,
        limits=frozenset({"memory", "cpu", "cpuset", "pids"}),
        has_ip_forwarding=False,
        network_drivers=(),
    )
    engine = replace(ENGINE, deprecations=("schema 1 goes away",), failed_plugins={"x.transfer": "no differ"})
    assert warnings_of(engine, machine) == [
        "WARNING: No swap limit support",
        "WARNING: IPv4 forwarding is disabled",
        "WARNING: No CNI plugins: containers have no network but host and none",
        "WARNING: containerd: schema 1 goes away",
        "WARNING: containerd plugin x.transfer: no differ",
    ]


def test_the_text_is_laid_out_as_dockers() -> None:
    lines = render_info(info_object(ENGINE, MACHINE, "0.1.0")).splitlines()
    assert lines[:3] == ["Client:", " Version:    0.1.0", " Context:    default"]
    for line in (
        "  Stopped: 4",
        "  Network: bridge",
        "   Profile: builtin",
        "  cgroupns",
        " Total Memory: 8GiB",
    ):
        assert line in lines


def test_version_has_dockers_two_halves() -> None:
    server = server_object([CONTAINERD, RUNC], CLIENT, "6.18.0")
    assert (server["Version"], server["GitCommit"], server["KernelVersion"]) == ("2.1.9", "abc", "6.18.0")
    assert [one["Name"] for one in server["Components"]] == ["containerd", "runc"]
    assert client_object(CLIENT)["Arch"] == "amd64"


def test_the_text_of_version_leaves_out_what_is_not_known() -> None:
    assert render_client(CLIENT).splitlines()[1] == " Version:           0.1.0"
    assert render_server([CONTAINERD, RUNC]) == (
        "\nServer:\n"
        " containerd:\n  Version:           2.1.9\n  GitCommit:         abc\n"
        " runc:\n  Version:           1.3.0\n"
    )
