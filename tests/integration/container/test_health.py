"""Health checks: who probes, when, with what, and what becomes of it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

QUICK = ("--health-interval", "300ms")
HEALTHY = "test -f /tmp/healthy"
COUNTING = "echo x >> /tmp/probes; test -f /tmp/healthy"


def health(cli: Cli, name: str) -> Any:
    return cli.ok("inspect", "-f", "{{json .State.Health}}", name).json


def status(cli: Cli, name: str, wanted: str) -> Callable[[], bool]:
    def check() -> bool:
        seen = health(cli, name)
        assert seen["Status"] == wanted, seen
        return True

    return check


def probes(cli: Cli, name: str) -> int:
    """How many have been run, by the container's own count."""
    return len(cli("exec", name, "cat", "/tmp/probes").lines)


def start(cli: Cli, image: str, *flags: str, name: str = "probed", probe: str = COUNTING) -> str:
    command = ("sh", "-c", "trap exit TERM; sleep inf & wait")
    cli.ok("run", "-d", "--name", name, *QUICK, "--health-cmd", probe, *flags, image, *command)
    return name


def test_it_is_starting_then_healthy_then_unhealthy_and_healthy_again(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, "--health-retries", "2")
    assert health(cli, name)["Status"] in {"starting", "unhealthy"}
    eventually(status(cli, name, "unhealthy"))
    assert health(cli, name)["FailingStreak"] >= 2
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))
    assert health(cli, name)["FailingStreak"] == 0
    assert health(cli, name)["Log"][-1]["ExitCode"] == 0


def test_a_change_of_health_is_an_event(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, "--health-retries", "1")
    eventually(status(cli, name, "unhealthy"))
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))
    command = ("events", "--since", "5m", "--until", "0s", "--filter", "event=health_status")
    actions = cli.ok(*command, "--format", "{{.Action}}").lines
    assert actions[:2] == ["health_status: unhealthy", "health_status: healthy"]


def test_ps_shows_and_filters_by_health(cli: Cli, busybox_image: str) -> None:
    start(cli, busybox_image, name="well", probe="true")
    start(cli, busybox_image, "--health-interval", "1h", name="new")
    cli.ok("run", "-d", "--name", "plain", busybox_image, "sleep", "inf")
    eventually(status(cli, "well", "healthy"))
    rows = cli.ok("ps", "--format", "{{.Names}}={{.Status}}={{.HealthStatus}}").lines
    shown = {name: (text, word) for name, text, word in (row.split("=") for row in rows)}
    assert shown["well"][0].endswith(" (healthy)")
    assert shown["well"][1] == "healthy"
    assert shown["new"][0].endswith(" (health: starting)")
    assert "(" not in shown["plain"][0]
    for value, names in (
        ("healthy", ["well"]),
        ("starting", ["new"]),
        ("none", ["plain"]),
        ("unhealthy", []),
    ):
        assert cli.ok("ps", "--filter", f"health={value}", "--format", "{{.Names}}").lines == names


def test_failures_of_the_start_period_do_not_count(cli: Cli, busybox_image: str) -> None:
    flags = ("--health-start-period", "1h", "--health-start-interval", "200ms", "--health-retries", "1")
    name = start(cli, busybox_image, *flags, "--health-interval", "1h")
    eventually(lambda: probes(cli, name) >= 3)  # the start interval's pace, not the interval's
    seen = health(cli, name)
    assert (seen["Status"], seen["FailingStreak"]) == ("starting", 0)
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))


def test_a_success_ends_the_start_period(cli: Cli, busybox_image: str) -> None:
    flags = ("--health-start-period", "1h", "--health-start-interval", "200ms", "--health-retries", "1")
    name = start(cli, busybox_image, *flags)
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))
    cli.ok("exec", name, "rm", "/tmp/healthy")
    eventually(status(cli, name, "unhealthy"))


def test_a_probe_beyond_its_timeout_is_killed_with_its_children(cli: Cli, busybox_image: str) -> None:
    probe = "echo so far; sleep 31415 & setsid sleep 31415 & sleep 31415"
    name = start(cli, busybox_image, "--health-timeout", "1s", "--health-retries", "1", probe=probe)
    first = eventually(lambda: found if len(found := sleepers()) >= 3 else set())
    eventually(status(cli, name, "unhealthy"))
    last = health(cli, name)["Log"][0]
    assert last["ExitCode"] == -1
    assert last["Output"] == "Health check exceeded timeout (1s): so far\n"
    eventually(lambda: not first & sleepers())


@pytest.mark.parametrize("prober", ["the monitor's", "the user's"])
def test_what_a_killed_prober_has_left_in_the_container_is_ended_by_the_next(
    cli: Cli, busybox_image: str, engine: PrivateEngine, namespace: str, prober: str
) -> None:
    probe = "test -f /tmp/healthy || setsid sleep 31415 & wait; sleep 31415"
    asks = prober == "the user's"
    flags = ("--health-interval", "1h" if asks else "1s", "--health-timeout", "1h")
    name = start(cli, busybox_image, *flags, probe=f"test -f /tmp/healthy && exit; {probe}")
    identity = cli.ok("inspect", "-f", "{{.Id}}", name).line
    asked = cli.start("container", "healthcheck", name) if asks else None
    left = eventually(sleepers)
    os.kill(asked.pid if asked else eventually(lambda: prober_of(identity)), signal.SIGKILL)
    if asked:
        asked.wait()
    assert left <= sleepers()
    assert "health-check-" in engine.ctr("tasks", "ps", identity, namespace=namespace).stdout
    cli.ok("exec", name, "touch", "/tmp/healthy")
    if asks:
        cli.ok("container", "healthcheck", name)
    eventually(lambda: not left & sleepers())
    eventually(status(cli, name, "healthy"))
    assert "health-check-" not in engine.ctr("tasks", "ps", identity, namespace=namespace).stdout


def prober_of(identity: str) -> int:
    """The `nerdpy internal probe` that the container's monitor has started."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdecimal() else []
            if b"probe" in words and identity.encode() in words:
                return int(entry.name)
    return 0


def sleepers() -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if (entry / "cmdline").read_bytes() == b"sleep\x0031415\x00":
                    found.add(int(entry.name))
    return found


def test_it_is_not_probed_while_paused_and_goes_on_afterwards(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, "--health-cmd", "date +%s%N >> /probes/list", "-v", "marks:/probes")
    marks = Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "marks").line) / "list"
    eventually(lambda: marks.stat().st_size > 0)
    cli.ok("pause", name)
    before = health(cli, name)
    assert before["Status"] == "unhealthy"  # docker's word for nobody knows
    start(cli, busybox_image, name="clock")  # which is probed thrice in the meantime
    eventually(lambda: probes(cli, "clock") >= 3)
    size = marks.stat().st_size
    assert health(cli, name)["Log"] == before["Log"]
    cli.ok("unpause", name)
    eventually(lambda: marks.stat().st_size > size)
    eventually(status(cli, name, "healthy"))


def test_a_stop_ends_the_probes_and_a_start_begins_anew(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, probe="true")
    eventually(status(cli, name, "healthy"))
    cli.ok("stop", name)
    assert health(cli, name)["Status"] == "unhealthy"  # docker's word for nobody knows
    assert health(cli, name)["Log"]
    cli.ok("start", name)
    eventually(status(cli, name, "healthy"))


def test_a_restart_by_the_policy_begins_anew(cli: Cli, busybox_image: str) -> None:
    flags = ("--restart", "always", "--health-retries", "1")
    name = start(cli, busybox_image, *flags, probe="test -f /tmp/healthy")
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))
    cli.ok("exec", name, "rm", "/tmp/healthy")
    cli("exec", name, "kill", "1")
    eventually(lambda: cli.ok("inspect", "-f", "{{.RestartCount}}", name).line == "1", seconds=40)
    eventually(status(cli, name, "unhealthy"), seconds=40)
    cli.ok("exec", name, "touch", "/tmp/healthy")
    eventually(status(cli, name, "healthy"))


def test_an_engine_that_is_down_says_nothing_about_the_container(
    cli: Cli, busybox_image: str, engine: PrivateEngine
) -> None:
    name = start(cli, busybox_image, "--health-retries", "1", probe="true")
    eventually(status(cli, name, "healthy"))
    folder = Path(cli.ok("inspect", "-f", "{{.LogPath}}", name).line).parent
    engine.kill()
    try:
        log = folder / "monitor.log"
        eventually(lambda: log.read_text().count("no containerd answers") >= 2)  # probes were due
    finally:
        engine.start()
    seen = health(cli, name)
    assert (seen["Status"], seen["FailingStreak"]) == ("healthy", 0)
    assert {entry["ExitCode"] for entry in seen["Log"]} == {0}
    newest = seen["Log"][-1]["Start"]
    eventually(lambda: health(cli, name)["Log"][-1]["Start"] > newest)


def test_a_container_with_an_open_input_is_probed_too(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "-i", "--name", "open", *QUICK, "--health-cmd", "true", busybox_image, "cat")
    eventually(status(cli, "open", "healthy"))


def test_the_image_s_check_is_run_by_default(cli: Cli, add_image: Callable[[str], str]) -> None:
    image = add_image("odd:health")
    cli.ok("run", "-d", "--name", "own", image)
    cli.ok("run", "-d", "--name", "mixed", "--health-retries", "7", image)
    cli.ok("run", "-d", "--name", "off", "--no-healthcheck", image)
    config = "{{json .Config.Healthcheck}}"
    second = 1_000_000_000
    test = ["CMD-SHELL", "test -f /tmp/healthy"]
    of_the_image = {"Test": test, "Interval": second, "Timeout": second}
    assert cli.ok("inspect", "-f", config, "own").json == of_the_image | {"Retries": 2}
    assert cli.ok("inspect", "-f", config, "mixed").json == of_the_image | {"Retries": 7}
    assert cli.ok("inspect", "-f", config, "off").json["Test"] == ["NONE"]
    cli.ok("exec", "own", "touch", "/tmp/healthy")
    eventually(status(cli, "own", "healthy"))
    assert health(cli, "off") is None


def test_five_results_are_kept_the_oldest_first(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, "--health-interval", "1ms", probe="echo x >> /n; wc -l < /n")

    def six_and_more() -> bool:
        log = health(cli, name)["Log"]
        return len(log) == 5 and int(log[0]["Output"]) > 1

    eventually(six_and_more, seconds=30)
    log = health(cli, name)["Log"]
    numbers = [int(entry["Output"]) for entry in log]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert all(entry["Start"] < entry["End"] for entry in log)


def test_the_output_is_cut(cli: Cli, busybox_image: str) -> None:
    probe = "yes 0123456 | head -c 200000; echo complaint >&2"
    name = start(cli, busybox_image, probe=probe)
    eventually(status(cli, name, "healthy"))
    output = health(cli, name)["Log"][-1]["Output"]
    assert output == "0123456\n" * 512 + "..."


def test_a_probe_has_the_user_the_environment_and_the_folder(cli: Cli, busybox_image: str) -> None:
    flags = ("-u", "1234:5678", "-e", "COLOUR=blue", "-w", "/tmp", "--hostname", "box")
    name = start(cli, busybox_image, *flags, probe="id -u; id -g; echo $COLOUR; pwd; hostname; echo err >&2")
    eventually(status(cli, name, "healthy"))
    words = health(cli, name)["Log"][-1]["Output"].split()
    assert sorted(words) == sorted(["1234", "5678", "blue", "/tmp", "box", "err"])


def test_a_probe_that_cannot_be_started_is_a_failure(cli: Cli, busybox_image: str) -> None:
    volume = cli.ok("volume", "create", "nothing").line
    flags = ("-v", f"{volume}:/bin/nowhere", "--health-retries", "1")
    name = start(cli, busybox_image, *flags, probe="true")
    cli.ok("exec", name, "mv", "/bin/sh", "/bin/nowhere/sh")
    eventually(status(cli, name, "unhealthy"))
    last = health(cli, name)["Log"][-1]
    assert last["ExitCode"] == -1
    assert "/bin/sh" in last["Output"]


def test_healthcheck_probes_once_now(cli: Cli, busybox_image: str) -> None:
    name = start(cli, busybox_image, "--health-interval", "1h", "--health-retries", "1")
    result = cli.ok("container", "healthcheck", name)
    assert (result.out, result.err) == ("", "")
    assert health(cli, name)["Status"] == "unhealthy"
    cli.ok("exec", name, "touch", "/tmp/healthy")
    cli.ok("container", "healthcheck", name)
    assert health(cli, name)["Status"] == "healthy"
    assert [entry["ExitCode"] for entry in health(cli, name)["Log"]] == [1, 0]


def test_healthcheck_refuses_what_cannot_be_probed(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "plain", busybox_image, "sleep", "inf")
    assert "container plain has no health check" in cli("container", "healthcheck", "plain").err
    cli.ok("create", "--name", "idle", "--health-cmd", "true", busybox_image)
    result = cli("container", "healthcheck", "idle")
    assert result.code == 1
    assert "container idle is not running" in result.err
    start(cli, busybox_image, "--health-interval", "1h", name="frozen")
    cli.ok("pause", "frozen")
    assert "container frozen is paused" in cli("container", "healthcheck", "frozen").err


def test_nobody_is_probed_without_a_check(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "plain", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "empty", "--health-cmd", "", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "timed", "--health-interval", "1s", busybox_image, "sleep", "inf")
    for name in ("plain", "empty", "timed"):
        assert health(cli, name) is None


def test_flags_that_make_no_sense_are_refused(cli: Cli, busybox_image: str) -> None:
    for flags, sentence in (
        (("--health-interval", "-1s"), "--health-interval cannot be negative"),
        (("--health-retries", "-1"), "--health-retries cannot be negative"),
        (("--health-interval", "100us"), "--health-interval cannot be less than 1ms"),
        (("--health-timeout", "5"), 'invalid argument "5" for --health-timeout'),
        (("--no-healthcheck", "--health-cmd", "x"), "--no-healthcheck conflicts with --health-* options"),
    ):
        result = cli("create", *flags, busybox_image)
        assert result.code == 125
        assert sentence in result.err
    assert cli.ok("ps", "-a", "-q").lines == []
