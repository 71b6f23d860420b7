"""events: the life of things as docker tells it, live and from memory."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

Listen = Callable[..., "Listener"]


class Listener:
    """`nerdpy events --format json` under way."""

    def __init__(self, cli: Cli, folder: str, *flags: str) -> None:
        self._path = f"{folder}/events-{time.monotonic_ns()}"
        with open(self._path, "wb") as file:
            self.process = cli.start("events", "--format", "json", *flags, stdout=file.fileno())

    @property
    def seen(self) -> list[dict[str, Any]]:
        with open(self._path, "rb") as file:
            lines = file.read().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def actions(self, kind: str = "container") -> list[str]:
        return [event["Action"] for event in self.seen if event["Type"] == kind]

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=10)
        return self.process.returncode


@pytest.fixture
def listen(cli: Cli) -> Iterator[Listen]:
    listeners: list[Listener] = []

    def start(*flags: str) -> Listener:
        listener = Listener(cli, str(cli.folder), *flags)
        listeners.append(listener)

        def hears() -> bool:
            cli.ok("volume", "create", "mark")
            cli.ok("volume", "rm", "mark")
            return bool(listener.seen)

        if not flags:
            eventually(hears)
        return listener

    yield start
    for listener in listeners:
        if listener.process.poll() is None:
            listener.end()


def test_a_whole_life_is_told_in_docker_s_order(cli: Cli, listen: Listen, busybox_image: str) -> None:
    listener = listen()
    name = ("--name", "web", "-l", "tier=front")
    cli.ok("run", "-d", *name, busybox_image, "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done")
    cli.ok("pause", "web")
    cli.ok("unpause", "web")
    cli.ok("exec", "web", "echo", "hi")
    cli.ok("rename", "web", "site")
    cli.ok("update", "--pids-limit", "90", "site")
    cli.ok("stop", "site")
    cli.ok("rm", "site")
    eventually(lambda: "destroy" in listener.actions())
    told = [action for action in listener.actions() if action not in {"exec_die"}]
    assert told == [
        "create", "start", "pause", "unpause", "exec_create: echo hi", "exec_start: echo hi",
        "rename", "update", "kill", "die", "stop", "destroy",
    ]  # fmt: skip
    events = {event["Action"]: event for event in listener.seen if event["Type"] == "container"}
    for event in events.values():
        attributes = event["Actor"]["Attributes"]
        assert (attributes["tier"], attributes["image"]) == ("front", busybox_image)
        assert event["timeNano"] // 10**9 == event["time"]
    assert events["die"]["Actor"]["Attributes"]["exitCode"] == "3"
    assert events["die"]["Actor"]["Attributes"]["execDuration"].isdecimal()
    assert events["kill"]["Actor"]["Attributes"]["signal"] == "15"
    assert events["exec_die"]["Actor"]["Attributes"]["exitCode"] == "0"
    assert events["rename"]["Actor"]["Attributes"]["oldName"] == "web"
    assert events["destroy"]["Actor"]["Attributes"]["name"] == "site"
    assert listener.end() == -signal.SIGINT


def test_volumes_networks_and_images_are_told(
    cli: Cli, listen: Listen, busybox_image: str, engine: PrivateEngine
) -> None:
    listener = listen()
    cli.ok("network", "create", "net")
    cli.ok("network", "rm", "net")
    cli.ok("volume", "create", "data")
    cli.ok("volume", "rm", "data")
    cli.ok("tag", busybox_image, "other:1")
    cli.ok("rmi", "other:1")
    own = ("--namespace", cli.environment["NERDPY_NAMESPACE"])
    engine.ctr(*own, "images", "tag", f"docker.io/library/{busybox_image}", "docker.io/library/foreign:1")
    eventually(lambda: "create" in listener.actions("image"))
    assert listener.actions("network") == ["create", "destroy"]
    assert listener.actions("volume")[-2:] == ["create", "destroy"]
    assert listener.actions("image") == ["tag", "untag", "create"]
    created = [event for event in listener.seen if event["Type"] == "image"][-1]
    assert created["Actor"]["Attributes"]["name"] == "foreign:1"


def test_a_container_that_ends_by_itself_and_removes_itself_dies_first(
    cli: Cli, listen: Listen, busybox_image: str
) -> None:
    listener = listen()
    cli("run", "--rm", busybox_image, "sh", "-c", "exit 7")
    eventually(lambda: "destroy" in listener.actions())
    assert listener.actions() == ["create", "attach", "start", "die", "destroy"]
    die = [event for event in listener.seen if event["Action"] == "die"][0]
    assert die["Actor"]["Attributes"]["exitCode"] == "7"


def test_volumes_are_told_to_be_mounted_and_unmounted(cli: Cli, listen: Listen, busybox_image: str) -> None:
    listener = listen()
    flags = ("-v", "data:/data:ro", "-v", "/tmp:/host", "--mount", "type=tmpfs,target=/t")
    container = cli.ok("run", "-d", "--name", "web", *flags, busybox_image, "sleep", "inf").line
    cli.ok("restart", "-t", "0", "web")
    cli.ok("rm", "-f", "web")
    eventually(lambda: listener.actions("volume")[-1] == "unmount")
    told = [event for event in listener.seen if event["Type"] == "volume" and event["Actor"]["ID"] == "data"]
    assert [event["Action"] for event in told] == ["create", "mount", "unmount", "mount", "unmount"]
    mount = {"destination": "/data", "driver": "local", "propagation": "", "read/write": "false"}
    assert told[1]["Actor"]["Attributes"] == {"container": container, **mount}
    assert told[2]["Actor"]["Attributes"] == {"container": container, "driver": "local"}
    failed = cli("run", "-v", "data:/data", busybox_image, "no-such-program")
    assert failed.code == 127
    past = ("events", "--since", "1h", "--until", "0s", "-f", "volume=data", "--format", "{{.Action}}")
    actions = cli.ok(*past).lines[5:]
    assert actions.count("mount") == actions.count("unmount")


def test_terminals_commands_and_a_look_at_processes_are_told(
    cli: Cli, pty_cli: PtyCli, listen: Listen, busybox_image: str
) -> None:
    listener = listen()
    terminal = pty_cli("run", "-it", "--name", "web", busybox_image, "sh", size=(30, 100))
    terminal.expect("#")
    terminal.setwinsize(20, 70)
    eventually(lambda: listener.actions().count("resize") == 2)
    inner = pty_cli("exec", "-it", "web", "sh")
    inner.expect("#")
    inner.sendcontrol("p")
    inner.sendcontrol("q")
    inner.finish()
    assert cli("exec", "web", "false").code == 1
    cli.ok("top", "web")
    cli.ok("rm", "-f", "web")
    terminal.finish()
    eventually(lambda: "destroy" in listener.actions())
    sizes = [event["Actor"]["Attributes"] for event in listener.seen if event["Action"] == "resize"]
    assert [(each["height"], each["width"]) for each in sizes] == [("30", "100"), ("20", "70")]
    assert listener.actions()[:2] == ["create", "attach"]
    assert set(listener.actions()[2:4]) == {"start", "resize"}, "the size is there before the first prompt"
    assert "exec_detach" in listener.actions()
    assert "top" in listener.actions()
    past = ("events", "--since", "1h", "--until", "0s", "-f", "container=web", "--format", "{{.Action}}")
    assert [action for action in cli.ok(*past).lines if "exec" in action] == [
        "exec_create: sh", "exec_start: sh", "exec_detach",
        "exec_create: false", "exec_start: false", "exec_die",
    ]  # fmt: skip


def test_a_comeback_is_a_death_and_a_start(cli: Cli, listen: Listen, busybox_image: str) -> None:
    """Whoever starts it again: here containerd's restart monitor."""
    listener = listen()
    cli.ok("run", "-d", "--name", "web", "--restart", "always", busybox_image, "sleep", "inf")
    os.kill(int(cli.ok("inspect", "-f", "{{.State.Pid}}", "web").line), signal.SIGKILL)
    eventually(lambda: listener.actions() == ["create", "start", "die", "start"], seconds=30)
    show = ("events", "--since", "1h", "--until", "0s", "-f", "container=web", "--format", "{{.Action}}")
    eventually(lambda: cli.ok(*show).lines == ["create", "start", "die", "start"])
    dead = cli.ok("events", "--since", "1h", "--until", "0s", "-f", "event=die", "--format", "json").json
    assert dead["Actor"]["Attributes"]["exitCode"] == "137"


def test_health_and_want_of_memory_are_told(cli: Cli, listen: Listen, busybox_image: str) -> None:
    listener = listen()
    cli.ok("run", "-d", "--name", "web", "--health-cmd", "true", "--health-interval", "1s", busybox_image,
           "sleep", "inf")  # fmt: skip
    eat = "x=aaaaaaaa; while :; do x=$x$x; done"
    assert cli("run", "--rm", "--name", "hungry", "-m", "16m", "--memory-swap", "16m", busybox_image,
               "sh", "-c", eat).code == 137  # fmt: skip
    eventually(lambda: "health_status: healthy" in listener.actions())
    eventually(lambda: "oom" in listener.actions())
    assert not [action for action in listener.actions() if action.startswith("exec_")]
    assert cli.ok("events", "--since", "1h", "--until", "0s", "-f", "event=health_status").line
    show = ("events", "--since", "1h", "--until", "0s", "-f", "container=hungry", "--format", "{{.Action}}")
    assert cli.ok(*show).lines == ["create", "attach", "start", "oom", "die", "destroy"]
    assert listener.actions().count("oom") == 1


def test_the_past_is_remembered_and_ends_at_once(cli: Cli, busybox_image: str) -> None:
    cli("run", "--name", "first", "-l", "a=b", busybox_image, "sh", "-c", "exit 2")
    cli.ok("rm", "first")
    cli.ok("volume", "create", "data")
    cli("run", "--rm", busybox_image, "false")
    show = ("events", "--since", "1h", "--until", "0s", "--format", "{{.Type}} {{.Action}}")
    told = [line for line in cli.ok(*show).lines if not line.startswith("network")]
    life = [f"container {action}" for action in ("create", "attach", "start", "die", "destroy")]
    assert told == [*life, "volume create", *life]
    assert cli.ok(*show, "-f", "container=first", "-f", "event=die").lines == ["container die"]
    assert cli.ok(*show, "-f", "label=a", "-f", "event=start", "-f", "event=die").lines == [
        "container start", "container die",
    ]  # fmt: skip
    assert cli.ok(*show, "-f", "network=bridge").lines == [
        "network connect", "network disconnect", "network connect", "network disconnect",
    ]  # fmt: skip
    assert cli.ok("events", "--since", "0s", "--until", "0s").lines == []
    line = cli.ok("events", "--since", "1h", "--until", "0s", "-f", "type=volume").line
    assert line.endswith(" volume create data (driver=local)")


def test_since_goes_on_with_what_happens_and_until_ends_it(cli: Cli, busybox_image: str) -> None:
    cli.ok("volume", "create", "before")
    ending = str(int(time.time()) + 4)
    with subprocess.Popen(
        [*_nerdpy(), "events", "--since", "1h", "--until", ending, "--format", "{{.Actor.ID}}"],
        stdout=subprocess.PIPE,
        env=cli.environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "before\n"
        cli.ok("volume", "create", "after")
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out.splitlines()) == (0, ["after"])


def test_containers_of_others_are_told_too(cli: Cli, listen: Listen, engine: PrivateEngine) -> None:
    listener = listen()
    own = ("--namespace", cli.environment["NERDPY_NAMESPACE"])
    engine.ctr(*own, "containers", "create", "--label", "x=y", "--rootfs", str(cli.folder), "theirs", "true")
    engine.ctr(*own, "containers", "rm", "theirs")
    eventually(lambda: listener.actions() == ["create", "destroy"])
    (created, _) = [event for event in listener.seen if event["Type"] == "container"]
    assert created["Actor"]["ID"] == "theirs"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--filter", "name=x"), 1, 'invalid filter "name"'),
        (("--filter", "node=x"), 1, "swarm"),
        (("--filter", "event"), 125, "bad format of filter"),
        (("--since", "soon"), 1, 'time "soon" is malformed'),
        (("--format", "{{.Nope"), 64, "template parsing error"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(
    cli: Cli, words: tuple[str, ...], code: int, message: str
) -> None:
    refused = cli("events", "--until", "0s", *words)
    assert (refused.code, message in refused.err) == (code, True), refused


def _nerdpy() -> list[str]:
    from tests.integration.support.cli import NERDPY

    return list(NERDPY)
