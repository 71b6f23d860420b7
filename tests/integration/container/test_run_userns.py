"""run --userns-remap: ids inside that are others on the host, from ranges that need not be one."""

import os
import signal
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage, PtyCli
from tests.integration.container.conftest import Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.leftovers import mount_points
from tests.integration.support.waiting import eventually

RANGES = "remapped:100000:1000\nother:1:1\nremapped:300000:64536\n"
ROOT, APP = 100000, 300000
"""The host's ids of the container's 0 and 1000."""


@pytest.fixture
def remapped(cli: Cli) -> Cli:
    """nerdpy with remapping switched on by its configuration."""
    for name in ("subuid", "subgid"):
        Path("/etc", name).write_text(RANGES)  # the worker's own /etc
    toml = cli.folder / "nerdpy.toml"
    toml.write_text('userns_remap = "remapped"\n')
    return cli.with_env(NERDPY_TOML=str(toml))


def test_root_inside_is_somebody_else_outside(remapped: Cli, busybox_image: str, inspected: Inspect) -> None:
    script = "touch /made; chown 1000:1000 /made; exec sleep inf"
    remapped.ok("run", "-d", "--name", "web", "-p", "8080:80", busybox_image, "sh", "-c", script)
    pid = inspected("web", ".State.Pid")
    assert os.stat(f"/proc/{pid}").st_uid == ROOT
    maps = [line.split() for line in Path(f"/proc/{pid}/uid_map").read_text().splitlines()]
    assert maps == [["0", "100000", "1000"], ["1000", "300000", "64536"]]
    eventually(lambda: os.stat(f"/proc/{pid}/root/made").st_uid == APP)
    asked = (
        "id -u; stat -c %u:%g /made /bin/busybox /etc/hosts /etc/resolv.conf; "
        "echo more >> /etc/hosts && echo own; "
        "ls /sys/class/net | sort; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; "
        "(: > /proc/sysrq-trigger) 2>/dev/null || echo closed"
    )
    found = remapped.ok("exec", "web", "sh", "-c", asked).lines
    assert found == ["0", "1000:1000", "0:0", "0:0", "0:0", "own", "eth0", "lo", "0", "closed"]
    assert remapped.ok("exec", "-u", "app", "web", "id", "-u").line == "1000"
    assert not os.path.samefile(f"/proc/{pid}/ns/user", "/proc/self/ns/user")
    remapped.ok("restart", "-t0", "web")
    assert remapped.ok("exec", "web", "stat", "-c", "%u", "/made").line == "1000"
    assert os.stat(f"/proc/{inspected('web', '.State.Pid')}").st_uid == ROOT


def test_new_volumes_belong_to_the_containers_users(remapped: Cli, add_image: AddImage) -> None:
    image = add_image("odd:volume")
    script = "stat -c %u:%g /data /data/file /empty; touch /empty/x && echo written"
    found = remapped.ok("run", "--rm", "-v", "full:/data", "-v", "empty:/empty", image, "sh", "-c", script)
    assert found.lines == ["1000:1000", "1000:1000", "0:0", "written"]
    place = remapped.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "full").line
    assert os.stat(f"{place}/file").st_uid == APP
    own = remapped.ok(
        "run", "--rm", "--userns", "host", "-v", "full:/data", image, "stat", "-c", "%u", "/data/file"
    )
    assert own.line == str(APP)


def test_a_terminal_and_a_joined_network_work(remapped: Cli, pty_cli: PtyCli, busybox_image: str) -> None:
    terminal = pty_cli(
        "run", "--rm", "-it", busybox_image, "sh", "-c", "tty; id -u", env=remapped.environment
    )
    terminal.expect("/dev/pts/0")
    assert terminal.finish() == 0
    remapped.ok("run", "-d", "--name", "owner", "--ipc", "shareable", busybox_image, "sleep", "inf")
    links = "readlink /proc/self/ns/net; readlink /proc/self/ns/user; cat /sys/class/net/lo/operstate"
    theirs = remapped.ok("exec", "owner", "sh", "-c", links).lines
    joining = (
        "run",
        "--rm",
        "--network",
        "container:owner",
        "--pid",
        "container:owner",
        "--ipc",
        "container:owner",
    )
    assert remapped.ok(*joining, busybox_image, "sh", "-c", links).lines == theirs
    remapped.ok("run", "-d", "--name", "plain", "--userns", "host", busybox_image, "sleep", "inf")
    refused = remapped("run", "--rm", "--network", "container:plain", busybox_image, "true")
    assert refused.code == 125
    assert "a namespace of plain, which has the host's ids" in refused.err


def test_nothing_is_left_of_the_namespace(remapped: Cli, busybox_image: str) -> None:
    before = mount_points()
    remapped.ok("run", "--rm", "--network", "none", busybox_image, "true")
    eventually(lambda: mount_points() == before)
    failed = remapped("run", "--rm", busybox_image, "no-such-program")
    assert failed.code == 127
    assert mount_points() == before


def test_files_of_such_a_container_are_not_opened_from_outside(remapped: Cli, busybox_image: str) -> None:
    remapped.ok("create", "--name", "web", busybox_image, "sleep", "inf")
    asked = (
        ("cp", "web:/bin/busybox", "."),
        ("export", "-o", "x.tar", "web"),
        ("commit", "web", "made"),
        ("diff", "web"),
    )
    for _ in range(2):
        for words in asked:
            refused = remapped(*words)
            assert refused.code != 0, str(refused)
            assert "remapped ids cannot be opened from outside" in refused.err, str(refused)
        remapped.ok("start", "web")


IMPOSSIBLE = (
    (("--privileged",), "--privileged and a user namespace"),
    (("--network", "host"), "--network host and a user namespace"),
    (("--pid", "host"), "--pid host and a user namespace"),
    (("--ipc", "host"), "--ipc host and a user namespace"),
    (("--uts", "host"), "--uts host and a user namespace"),
    (("--systemd", "always"), "--systemd and a user namespace"),
)


def test_what_a_user_namespace_cannot_have_is_refused(remapped: Cli, cli: Cli, busybox_image: str) -> None:
    for flags, words in IMPOSSIBLE:
        refused = remapped("run", "--rm", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert "--userns host" in refused.err
    for user, words in (("nobody", '/etc/subuid gives no ids to "nobody"'), (":x", "invalid --userns-remap")):
        refused = cli("--userns-remap", user, "run", "--rm", busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
    refused = remapped("--snapshotter", "native", "run", "--rm", busybox_image, "true")
    assert refused.code == 125
    assert 'the snapshotter "native" cannot give its files to other owners' in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_a_restart_by_the_policy_makes_the_namespace_anew(
    remapped: Cli, busybox_image: str, inspected: Inspect
) -> None:
    remapped.ok("run", "-d", "--name", "web", "--restart", "always", busybox_image, "sleep", "inf")
    first = inspected("web", ".State.Pid")
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        pid = inspected("web", ".State.Pid")
        return pid not in {0, first} and os.stat(f"/proc/{pid}").st_uid == ROOT

    eventually(is_back, seconds=30)
    found = remapped.ok("exec", "web", "sh", "-c", "id -u; ls /sys/class/net | sort").lines
    assert found == ["0", "eth0", "lo"]
    remapped.ok("rm", "-f", "web")
