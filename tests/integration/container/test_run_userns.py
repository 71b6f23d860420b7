"""run --userns-remap: ids inside that are others on the host, from ranges that need not be one."""

import io
import os
import signal
import tarfile
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


MAKING = (
    "echo new > /new; echo app > /app; chown 1000:1000 /app; mkdir /dir; ln -s /new /dir/link; "
    "chown -h 1000:0 /dir/link; rm /etc/passwd; chown 1000 /bin/busybox; exec sleep inf"
)
INSIDE = {"new": (0, 0), "app": (1000, 1000), "dir": (0, 0), "dir/link": (1000, 0), "bin/busybox": (1000, 0)}
"""Owners as the container sees them."""


@pytest.fixture(params=["running", "stopped"])
def changed(remapped: Cli, busybox_image: str, request: pytest.FixtureRequest) -> Cli:
    """A container `web` that has made, changed and removed files."""
    remapped.ok("run", "-d", "--name", "web", "-v", "vol:/vol", busybox_image, "sh", "-c", MAKING)
    eventually(lambda: remapped("exec", "web", "stat", "-c", "%u", "/bin/busybox").out == "1000\n")
    if request.param == "stopped":
        remapped.ok("stop", "-t", "0", "web")
    return remapped


def owners_in(archive: tarfile.TarFile) -> dict[str, tuple[int, int]]:
    return {member.name.rstrip("/"): (member.uid, member.gid) for member in archive}


def test_an_export_has_the_ids_of_the_container(changed: Cli) -> None:
    changed.ok("export", "-o", "web.tar", "web")
    with tarfile.open(changed.folder / "web.tar") as archive:
        owners = owners_in(archive)
    assert {name: owners[name] for name in INSIDE} == INSIDE
    assert owners["bin"] == owners["home"] == (0, 0)  # of the image
    assert "etc/passwd" not in owners
    assert {one for pair in owners.values() for one in pair} <= {0, 1000}


def test_a_commit_has_the_ids_of_the_container(changed: Cli, tmp_path: Path) -> None:
    changed.ok("commit", "web", "made")
    names = " ".join(f"/{name}" for name in INSIDE)
    script = f"stat -c '%n %u %g' {names}; ls /etc/passwd"
    for flags in (("--userns", "host"), ()):
        seen = changed("run", "--rm", *flags, "made", "sh", "-c", script)
        assert seen.lines == [f"/{name} {user} {group}" for name, (user, group) in INSIDE.items()]
        assert "No such file" in seen.err


def test_a_diff_knows_only_what_has_changed(changed: Cli) -> None:
    found = changed.ok("diff", "web").lines
    assert found == [
        "A /app",
        "C /bin",
        "C /bin/busybox",
        "A /dir",
        "A /dir/link",
        "C /etc",
        "D /etc/passwd",
        "A /new",
    ]


def test_what_is_copied_out_has_the_ids_of_the_container(changed: Cli) -> None:
    for name, pair in INSIDE.items():
        with tarfile.open(fileobj=io.BytesIO(changed.ok("cp", f"web:/{name}", "-").stdout)) as archive:
            assert owners_in(archive)[Path(name).name] == pair
    changed.ok("cp", "-a", "web:/app", "kept")
    changed.ok("cp", "web:/app", "ours")
    kept, ours = (os.stat(changed.folder / name) for name in ("kept", "ours"))
    assert (kept.st_uid, ours.st_uid) == (1000, os.geteuid())


def test_what_is_copied_in_belongs_to_the_containers_users(changed: Cli) -> None:
    source = changed.folder / "source"
    source.write_text("mine")
    os.chown(source, 1000, 0)
    source.chmod(0o4755)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(source, "streamed/file")
    changed.ok("cp", str(source), "web:/plain")
    changed.ok("cp", "-a", str(source), "web:/owned")
    changed.ok("cp", str(source), "web:/vol/plain")
    changed.ok("cp", "-", "web:/", stdin=packed.getvalue())
    changed("start", "web")
    script = "stat -c '%n %u %g %a' /plain /owned /vol/plain /streamed /streamed/file"
    assert changed.ok("exec", "web", "sh", "-c", script).lines == [
        "/plain 0 0 755",
        "/owned 1000 0 4755",
        "/vol/plain 0 0 755",
        "/streamed 0 0 755",
        "/streamed/file 1000 0 4755",
    ]
    os.chown(source, 99999, 0)
    refused = changed("cp", "-a", str(source), "web:/nobody")
    assert refused.code == 1
    assert "user 99999 does not exist in the container: its ids are remapped" in refused.err


def test_capabilities_of_files_count_in_the_container(changed: Cli) -> None:
    """Written outside they would be those of the host's root, which the container's is not."""
    source = changed.folder / "ping"
    source.write_text("")
    value = bytes.fromhex("0100000200200000000000000000000000000000")  # cap_net_raw=ep
    os.setxattr(source, "security.capability", value)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = archive.gettarinfo(source, "ping")
        member.pax_headers = {"SCHILY.xattr.security.capability": value.decode("latin-1")}
        archive.addfile(member, source.open("rb"))
    changed.ok("cp", "-", "web:/", stdin=packed.getvalue())
    changed("start", "web")
    pid = changed.ok("inspect", "-f", "{{.State.Pid}}", "web").line
    seen = os.getxattr(f"/proc/{pid}/root/ping", "security.capability")
    assert (seen[3], seen[4:20], seen[20:]) == (3, value[4:], ROOT.to_bytes(4, "little"))
    with tarfile.open(fileobj=io.BytesIO(changed.ok("cp", "web:/ping", "-").stdout)) as archive:
        headers = archive.getmember("ping").pax_headers
    assert headers["SCHILY.xattr.security.capability"].encode(errors="surrogateescape") == value


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
