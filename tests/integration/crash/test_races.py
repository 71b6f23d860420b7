"""Many commands at once, after the same thing: one gets it, the others leave nothing."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.crash.conftest import World, identity
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.leftovers import CONFLISTS, DATA_ROOT, links

NAMESAKES = 100
"""As many as the issue asks for: most of them are refused after 0.2 s of one core."""
SERVER = ("busybox", "sh", "-c", "echo $HOSTNAME > /data/id; exec httpd -f -p 80 -h /data")
Ended = tuple[int, str, str]


def at_once(cli: Cli, commands: Sequence[Sequence[str]], width: int = 24) -> list[Ended]:
    """Run all of them, `width` at a time; exit code, stdout and stderr of each, in order."""
    waiting = list(commands)
    running: list[subprocess.Popen[bytes]] = []
    ended: list[Ended] = []
    while waiting or running:
        while waiting and len(running) < width:
            running.append(cli.start(*waiting.pop(0)))
        first = running.pop(0)
        out, err = first.communicate(timeout=120)
        ended.append((first.returncode, out.decode().strip(), err.decode()))
    return ended


def test_a_name_is_given_to_one_of_many(cli: Cli, world: World) -> None:
    command = ["run", "-d", "--name", "same", "busybox", "sleep", "inf"]
    ended = at_once(cli, [command] * NAMESAKES)
    winners = [out for code, out, _ in ended if code == 0]
    assert len(winners) == 1, [err for _, _, err in ended][:3]
    for code, _, err in ended:
        assert code == 0 or (code == 125 and '"same" is already in use by container' in err), (code, err)
    assert cli.ok("ps", "-aq", "--no-trunc").lines == winners
    cli.ok("rm", "-f", "same")
    world.expect_as_before("after many runs with one name")


def test_every_container_gets_a_port_of_its_own(cli: Cli, world: World) -> None:
    command = ["run", "-d", "--tmpfs", "/data", "-p", "80", *SERVER]
    ended = at_once(cli, [command] * 20, width=10)
    assert [code for code, _, _ in ended] == [0] * 20, [err for code, _, err in ended if code]
    ports = {
        container: int(cli.ok("port", container, "80").lines[0].rpartition(":")[2])
        for _, container, _ in ended
    }
    assert len(set(ports.values())) == 20
    for container, port in ports.items():
        assert identity(port) == container[:12]
    cli.ok("rm", "-f", *ports)
    world.expect_as_before("after many runs with automatic ports")


def test_a_port_and_a_new_volume_survive_those_who_did_not_get_the_port(
    cli: Cli, world: World, namespace: str
) -> None:
    command = ["run", "-d", "-p", "8080:80", "-v", "shared:/data", *SERVER]
    ended = at_once(cli, [command] * 10)
    winners = [out for code, out, _ in ended if code == 0]
    assert len(winners) == 1, [err for _, _, err in ended][:3]
    for code, _, err in ended:
        assert code in {0, 125}, err
        assert code == 0 or "8080" in err
    assert identity(8080) == winners[0][:12]
    assert (
        next(DATA_ROOT.glob(f"*/volumes/{namespace}/shared/_data/id")).read_text().strip() == winners[0][:12]
    )
    assert cli.ok("ps", "-aq", "--no-trunc").lines == winners
    cli.ok("rm", "-f", *winners)
    cli.ok("volume", "rm", "shared")
    world.expect_as_before("after many runs with one port")


def test_the_first_containers_make_one_default_network(
    cli: Cli, engine: PrivateEngine, busybox_image: str, default_network_gone: Path
) -> None:
    ended = at_once(cli, [["run", "--rm", busybox_image, "ip", "address", "show", "eth0"]] * 8)
    assert [code for code, _, _ in ended] == [0] * 8, [err for code, _, err in ended if code]
    assert len({line for _, out, _ in ended for line in out.splitlines() if "inet " in line}) == 8
    assert len(list(default_network_gone.rglob("*.conflist"))) == 1
    assert [name for name in links() if name.startswith("nerdpy")] == ["nerdpy0"]


@pytest.fixture
def default_network_gone() -> Path:
    """A machine that has never seen nerdpy's default network; the folder of networks."""
    for path in CONFLISTS.rglob("*-bridge.conflist"):
        path.unlink()
    subprocess.run(["ip", "link", "delete", "nerdpy0"], check=False, stderr=subprocess.DEVNULL)
    return CONFLISTS


def test_coming_and_going_leaves_nothing(cli: Cli, world: World) -> None:
    commands = [
        command
        for name in ("aa", "bb", "cc", "dd") * 6
        for command in (
            ["run", "-d", "--name", name, "-p", "80", "-v", "/data", "busybox", "sleep", "inf"],
            ["rm", "-f", "-v", name],
        )
    ]
    for code, _, err in at_once(cli, commands, width=6):
        assert code in {0, 125} or "is being changed" in err, (code, err)
        assert code == 0 or "in use" in err, (code, err)
    for name in ("aa", "bb", "cc", "dd"):
        cli.ok("rm", "-f", "-v", name)
    world.expect_as_before("after much coming and going")


def test_a_network_is_removed_before_a_container_uses_it_or_not_at_all(
    cli: Cli, world: World, busybox_image: str
) -> None:
    cli.ok("network", "create", "brief")
    container = ["run", "--rm", "--network", "brief", busybox_image, "ip", "route", "get", "10.4.1.1"]
    coming = [container, ["network", "rm", "brief"], container, ["network", "create", "brief"]]
    for (code, out, err), words in zip(at_once(cli, coming * 8, width=6), coming * 8, strict=True):
        assert "internal error" not in err, (words, err)
        if words is container:
            assert "eth0" in out if code == 0 else "brief" in err, (code, out, err)
    cli("network", "rm", "brief")
    world.expect_as_before("after a network that came and went")
    assert cli("system", "leaks").code == 0
