"""Every restart policy with every way to end: what docker's containers do, these do."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

POLICIES = ("no", "on-failure", "on-failure:2", "always", "unless-stopped")
ONCE = "[ -e /again ] && exec sleep inf; touch /again; "
"""In its second life it stays."""
PROGRAMS = {
    "succeeds": ONCE + "exit 0",
    "fails": ONCE + "exit 3",
    "gives-up": "exit 3",
    "murdered": "exec sleep inf",
    "stopped": "exec sleep inf",
    "killed": "exec sleep inf",
    "interrupted": "trap 'exit 9' INT; while :; do sleep 0.05; done",
    "steady": "exec sleep inf",
    "created": "exec sleep inf",
}
ALL = ("succeeds", "fails", "murdered", "stopped", "killed", "steady")
SOME = {"gives-up": "on-failure:2", "interrupted": "always", "created": "always"}
"""One policy is enough for these."""
AGAIN = ("running", 0, 1)
STEADY = ("running", 0, 0)


def _expected(policy: str, program: str) -> tuple[str, int, int]:
    """Status, exit code and RestartCount in the end."""
    failing = policy != "no"
    forever = policy in {"always", "unless-stopped"}
    return {
        "succeeds": AGAIN if forever else ("exited", 0, 0),
        "fails": AGAIN if failing else ("exited", 3, 0),
        "gives-up": ("exited", 3, 2),
        "murdered": AGAIN if failing else ("exited", 137, 0),
        "stopped": ("exited", 137, 0),
        "killed": ("exited", 137, 0),
        "interrupted": ("exited", 9, 0),
        "steady": STEADY,
        "created": ("created", 0, 0),
    }[program]


def _name(policy: str, program: str) -> str:
    return f"{policy.replace(':', '-')}.{program}"


CASES = {_name(policy, program): (policy, program) for policy in POLICIES for program in ALL}
CASES |= {_name(policy, program): (policy, program) for program, policy in SOME.items()}


def _of(program: str) -> list[str]:
    return [name for name, (_, one) in CASES.items() if one == program]


@pytest.fixture
def all_of_them(cli: Cli, busybox_image: str) -> Iterator[Cli]:
    """Every case created; none of them armed yet."""

    def create(name: str) -> None:
        policy, program = CASES[name]
        cli.ok("create", "--name", name, "--restart", policy, "--network", "none", "--stop-timeout", "0",
               busybox_image, "sh", "-c", PROGRAMS[program], timeout=120)  # fmt: skip

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(create, CASES))
    yield cli
    cli.ok("rm", "-f", *CASES, "witness", timeout=120)


def _states(cli: Cli) -> dict[str, dict[str, Any]]:
    found = cli.ok("inspect", *CASES, timeout=120).json
    return {one["Name"].removeprefix("/"): one for one in found}


def _outcomes(cli: Cli) -> dict[str, tuple[str, int, int]]:
    return {
        name: (one["State"]["Status"], one["State"]["ExitCode"], one["RestartCount"])
        for name, one in _states(cli).items()
    }


def test_the_matrix_of_policies_and_endings(
    all_of_them: Cli, busybox_image: str, engine: PrivateEngine
) -> None:
    cli = all_of_them
    wanted = {name: _expected(*case) for name, case in CASES.items()}
    _run(cli, busybox_image, "witness", "always", "exec sleep inf")
    cli.ok("start", *(name for name in CASES if name not in _of("created")), timeout=120)
    pids = {name: one["State"]["Pid"] for name, one in _states(cli).items()}
    for name in _of("murdered"):
        os.kill(pids[name], signal.SIGKILL)
    cli.ok("stop", *_of("stopped"), timeout=120)
    cli.ok("kill", *_of("killed"), timeout=120)
    cli.ok("kill", "-s", "INT", *_of("interrupted"), timeout=120)

    def all_is_as_wanted() -> bool:
        found = _outcomes(cli)
        assert found == wanted, {name: found[name] for name in wanted if found[name] != wanted[name]}
        return True

    eventually(all_is_as_wanted, seconds=60)
    eventually(lambda: _has_only_living_tasks(engine, cli))  # the ends are written down
    lasting = {name: one["State"]["Pid"] for name, one in _states(cli).items()}
    assert all(lasting[name] == pids[name] for name in _of("steady"))
    engine.restart()
    _await_two_looks(cli)
    assert all_is_as_wanted()
    assert {name: one["State"]["Pid"] for name, one in _states(cli).items()} == lasting


def _has_only_living_tasks(engine: PrivateEngine, cli: Cli) -> bool:
    listed = engine.ctr("tasks", "ls", "-q", namespace=cli.environment["NERDPY_NAMESPACE"]).stdout.split()
    running = cli.ok("ps", "-q", "--no-trunc").lines
    return sorted(listed) == sorted(running)


def _await_two_looks(cli: Cli) -> None:
    """Who was restarted twice was looked at twice, and so was everybody else."""
    for count in (1, 2):
        os.kill(int(cli.ok("inspect", "-f", "{{.State.Pid}}", "witness").line), signal.SIGKILL)
        _await(cli, "witness", f"running {count}")


def _await(cli: Cli, name: str, state: str) -> None:
    """Wait for a status and a count of restarts."""
    shown = "{{.State.Status}} {{.RestartCount}}"
    eventually(lambda: cli.ok("inspect", "-f", shown, name).line == state, what=f"{name} is {state}")


def _await_words(cli: Cli, name: str, words: str) -> None:
    eventually(lambda: words in cli.ok("logs", name).lines, what=f"{name} has said {words}")


def _run(cli: Cli, image: str, name: str, policy: str, script: str) -> None:
    cli.ok("run", "-d", "--name", name, "--restart", policy, "--network", "none", image, "sh", "-c", script)


def test_a_start_by_hand_counts_anew(cli: Cli, busybox_image: str) -> None:
    def has_tried(times: int) -> bool:
        return cli.ok("logs", "fails").lines == ["try"] * times

    _run(cli, busybox_image, "fails", "on-failure:1", "echo try; exit 4")
    _await(cli, "fails", "exited 1")
    eventually(lambda: has_tried(2))  # containerd counts a restart first, and makes it then
    cli.ok("start", "fails")
    eventually(lambda: has_tried(4))
    _await(cli, "fails", "exited 1")
    assert has_tried(4)


def test_a_grace_period_is_not_cut_short_by_the_restart_monitor(cli: Cli, busybox_image: str) -> None:
    _run(
        cli,
        busybox_image,
        "slow",
        "always",
        "trap 'sleep 3; exit 7' TERM; echo begun; while :; do sleep 0.1; done",
    )
    _await_words(cli, "slow", "begun")
    cli.ok("stop", "-t", "20", "slow")
    assert cli.ok("inspect", "-f", "{{.State.ExitCode}}", "slow").line == "7"


def test_a_container_that_survives_the_signal_goes_on_and_one_told_to_reload_is_restarted(
    cli: Cli, busybox_image: str
) -> None:
    deaf = "trap '' TERM; trap 'echo reloaded' HUP; echo begun; while :; do sleep 0.1; done"
    for name in ("deaf", "reloading", "witness"):
        _run(cli, busybox_image, name, "always", deaf)
        _await_words(cli, name, "begun")
    cli.ok("kill", "-s", "TERM", "deaf")
    cli.ok("kill", "-s", "HUP", "reloading")
    _await_words(cli, "reloading", "reloaded")
    _await_two_looks(cli)
    pids = [int(cli.ok("inspect", "-f", "{{.State.Pid}}", name).line) for name in ("deaf", "reloading")]
    assert all(pids), "they run"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    _await(cli, "reloading", "running 1")
    _await(cli, "deaf", "exited 0")  # docker: the next end after a kill is wanted


def test_what_is_stopped_between_two_lives_stays_so(cli: Cli, busybox_image: str) -> None:
    for name in ("stopped", "removed"):
        _run(cli, busybox_image, name, "always", "exit 3")
    _run(cli, busybox_image, "witness", "always", "exec sleep inf")
    eventually(lambda: "0" not in cli.ok("inspect", "-f", "{{.RestartCount}}", "stopped", "removed").lines)
    cli.ok("stop", "stopped")
    cli.ok("rm", "-f", "removed")
    count = cli.ok("inspect", "-f", "{{.RestartCount}}", "stopped").line
    _await_two_looks(cli)
    _await(cli, "stopped", f"exited {count}")
    assert "removed" not in cli.ok("ps", "-a").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--rm", "--restart", "always"), "cannot specify both --restart and --rm"),
        (("--restart", "on-failure:x"), "must be a number"),
        (("--restart", "on-failure:-1"), "must be a number"),
        (("--restart", "always:3"), "can only be used with on-failure"),
        (("--restart", "sometimes"), "is not known"),
    ],
)
def test_policies_that_cannot_be_are_refused(
    cli: Cli, busybox_image: str, words: tuple[str, ...], sentence: str
) -> None:
    for verb in ("run", "create"):
        refused = cli(verb, *words, busybox_image, "true")
        assert (refused.code, refused.out) == (125, "")
        assert sentence in refused.err
    assert cli.ok("ps", "-aq").lines == []
