"""run --systemd: a whole Debian boots, without privileges, on any kind of control groups."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.container.conftest import Inside, Inspect
from tests.integration.container.test_run_resources import IS_V2, cgroup_file
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually

UNIFIED, NAMED = Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd")
UNIT = "[Service]\nExecStart=/bin/sh -c 'cat /proc/self/cgroup > /tmp/group; exec sleep inf'\n"
Hide = Callable[[Path], None]

only_v1 = pytest.mark.skipif(IS_V2, reason="of cgroup v1")


@pytest.fixture
def hide(machine: None) -> Iterator[Hide]:
    """`hide(UNIFIED)`: that hierarchy is not mounted while the test runs."""
    hidden: list[list[str]] = []

    def unmount(path: Path) -> None:
        if not (path / "cgroup.procs").exists():
            return
        subprocess.run(["umount", path], check=True)
        kind = ["cgroup2", "cgroup2"] if path == UNIFIED else ["cgroup", "-o", "none,name=systemd", "cgroup"]
        hidden.append(["mount", "-t", *kind, str(path)])

    yield unmount
    for command in hidden:
        subprocess.run(command, check=True)


def boot(cli: Cli, name: str) -> str:
    """Wait until systemd is up; what it says of itself."""

    def state() -> str:
        said = cli("exec", name, "systemctl", "is-system-running").out.strip()
        return said if said in {"running", "degraded"} else ""

    return eventually(state, seconds=60)


def test_systemd_boots_runs_a_unit_and_ends_cleanly(cli: Cli, systemd_image: str, inspected: Inspect) -> None:
    cli.ok("run", "-d", "--name", "debian", "--systemd=true", "-m", "512m", systemd_image)
    boot(cli, "debian")
    script = (
        "tr '\\0' '\\n' < /proc/1/environ | grep ^container=; grep CapEff /proc/1/status | cut -f2; "
        "for f in /run /run/lock /tmp /var/log/journal; do stat -f -c %T $f; done; "
        "systemd-detect-virt --container; grep -c ' /sys/fs/cgroup.* rw' /proc/mounts"
    )
    found = cli.ok("exec", "debian", "sh", "-c", script).lines
    assert found[0] == "container=nerdpy"
    assert not int(found[1], 16) >> 21 & 1, "it has CAP_SYS_ADMIN"
    assert found[2:6] == ["tmpfs"] * 4
    assert found[6] != "none"
    cli.ok("exec", "-i", "debian", "sh", "-c", "cat > /etc/systemd/system/own.service", stdin=UNIT)
    cli.ok("exec", "debian", "systemctl", "start", "own")
    assert cli.ok("exec", "debian", "systemctl", "is-active", "own").line == "active"
    groups = eventually(lambda: cli("exec", "debian", "cat", "/tmp/group").lines)
    assert any(line.endswith(":/system.slice/own.service") for line in groups)
    pid = inspected("debian", ".State.Pid")
    assert cgroup_file(pid, "memory", "memory.limit_in_bytes", "memory.max") == str(512 << 20)
    cli.ok("stop", "debian")
    assert inspected("debian", ".State.ExitCode") == 0, "it had to be killed"
    cli.ok("start", "debian")
    assert boot(cli, "debian")
    cli.ok("stop", "debian")
    assert inspected("debian", ".State.ExitCode") == 0


@only_v1
def test_without_a_unified_hierarchy_the_named_one_is_used(
    cli: Cli, systemd_image: str, inspected: Inspect, hide: Hide
) -> None:
    if not (NAMED / "cgroup.procs").exists():
        pytest.skip("this machine has no hierarchy name=systemd")
    hide(UNIFIED)
    cli.ok("run", "-d", "--name", "debian", "--systemd=true", systemd_image)
    boot(cli, "debian")
    script = "cat /proc/1/cgroup; mkdir /sys/fs/cgroup/memory/own 2>/dev/null || echo protected"
    found = cli.ok("exec", "debian", "sh", "-c", script).lines
    assert any(line.endswith("name=systemd:/init.scope") for line in found)
    assert found[-1] == "protected"
    cli.ok("stop", "debian")
    assert inspected("debian", ".State.ExitCode") == 0


@only_v1
def test_a_machine_without_any_hierarchy_for_it_says_how_to_get_one(
    cli: Cli, busybox_image: str, hide: Hide
) -> None:
    hide(UNIFIED)
    hide(NAMED)
    refused = cli("run", "--rm", "--systemd=always", busybox_image, "true")
    assert refused.code == 125
    assert "cgroup v1 without a hierarchy for systemd" in refused.err
    assert "mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified" in refused.err


def test_systemd_boots_on_cgroup_v2_alone(
    cli: Cli, systemd_image: str, inspected: Inspect, only_v2: None
) -> None:
    cli.ok("run", "-d", "--name", "debian", "--systemd=true", systemd_image)
    boot(cli, "debian")
    found = cli.ok("exec", "debian", "sh", "-c", "tail -1 /proc/1/cgroup; stat -f -c %T /sys/fs/cgroup").lines
    assert found == ["0::/init.scope", "cgroup2fs"]
    cli.ok("stop", "debian")
    assert inspected("debian", ".State.ExitCode") == 0
    cli.ok("rm", "-f", "debian")


def test_only_an_init_is_made_fit_unless_it_is_always(
    cli: Cli, inside: Inside, busybox_image: str, inspected: Inspect
) -> None:
    script = "echo $container; stat -f -c %T /run || :"
    assert inside(script, "--systemd=true")[0] == ""
    assert inside(script, "--systemd=always") == ["nerdpy", "tmpfs"]
    assert inside(script, "--systemd=always", "-v", "own:/run", "-e", "container=mine")[0] == "mine"
    signals = {}
    for name, flags, words in (
        ("plain", ("--systemd=true",), ("sleep", "1")),
        ("init", ("--systemd=true",), ("/sbin/init",)),
        ("path", ("--systemd=true",), ("/lib/systemd/systemd", "--system")),
        ("own", ("--systemd=always", "--stop-signal", "INT"), ("sleep", "1")),
        ("off", (), ("/sbin/init",)),
    ):
        cli.ok("create", "--name", name, *flags, busybox_image, *words)
        signals[name] = inspected(name, ".Config").get("StopSignal", "")
    assert signals["init"] == signals["path"] == "SIGRTMIN+3"
    assert (signals["own"], signals["off"], signals["plain"]) == ("INT", "", "")


IMPOSSIBLE = (
    (("--systemd", "perhaps"), 'invalid argument "perhaps" for --systemd', "false, true or always"),
    (("--systemd", "always", "--init"), "--init and --systemd", "leave --init out"),
    (("--systemd", "always", "--pid", "host"), "--pid host and --systemd", "process 1"),
    (("--systemd", "always", "--cgroupns", "host"), "--cgroupns host and --systemd", "host's groups"),
    (
        ("--systemd", "always", "--privileged"),
        "--privileged and --systemd",
        "privileged-without-host-devices",
    ),
)


def test_what_systemd_cannot_live_with_is_refused(cli: Cli, busybox_image: str) -> None:
    for flags, words, way_out in IMPOSSIBLE:
        refused = cli("run", "--rm", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert way_out in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []
