"""What is asked for often imports little: Python's imports are the price of every call."""

import subprocess
import sys
from pathlib import Path

import pytest

from nerdpy.cli.planned import all_planned

ROOT = Path(__file__).parents[2]
HEAVY = {"grpc", "google", "typer", "rich", "pydantic", "yaml", "asyncio", "requests", "pyroute2"}

pytestmark = pytest.mark.may_run


def loaded_by(statement: str) -> set[str]:
    """The names of all modules that are loaded once `statement` has run."""
    program = (
        "import sys\n"
        "out, sys.stdout = sys.stdout, open('/dev/null', 'w')\n"
        f"{statement}\n"
        "out.write(' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def called(*words: str) -> set[str]:
    """What a call of nerdpy loads."""
    names = loaded_by(f"from nerdpy.cli.main import run; run({list(words)!r})")
    assert "nerdpy.cli.dispatch" in names
    return names


def test_the_version_loads_almost_nothing() -> None:
    names = loaded_by("sys.argv = ['nerdpy', '--version']; from nerdpy.__main__ import main; main()")
    ours = {name for name in names if name.startswith("nerdpy.")}
    assert ours == {"nerdpy.__main__", "nerdpy.cli", "nerdpy.cli.version"}


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "help",
        "container --help",
        "container",
        "run --help",
        "help run",
        *(f"{path} a" for path in sorted(all_planned())[:1]),
        "internal complete -- r",
        "internal complete -- run --",
        "internal complete -- run --rm --network h",
        "internal complete -- --name",
    ],
)
def test_help_and_completion_load_nothing_heavy(line: str) -> None:
    heavy = {name.split(".")[0] for name in called(*line.split(" "))} & HEAVY
    assert heavy == set()


@pytest.mark.parametrize("line", ["completion bash", "--debug completion zsh", "info --nosuch=x -f a"])
def test_a_command_is_run_by_typer_only_where_its_words_have_a_fault(line: str) -> None:
    loaded = called(*line.split(" "))
    assert {name.split(".")[0] for name in loaded} & HEAVY == ({"typer"} if "nosuch" in line else set())
    assert "typer" in loaded or not loaded & {"inspect", "dataclasses", "difflib", "platform"}


@pytest.mark.parametrize("line", ["run --nosuch x", "stop a -h"])
def test_typer_is_asked_without_what_it_would_load_for_itself(line: str) -> None:
    heavy = {name.split(".")[0] for name in called(*line.split(" "))} & HEAVY
    assert heavy == {"typer"}


@pytest.mark.parametrize(
    "line", ["--help", "container --help", "internal complete -- r", "internal complete -- run --net"]
)
def test_help_of_the_root_and_groups_and_completion_load_no_command(line: str) -> None:
    commands = {name for name in called(*line.split(" ")) if name.startswith("nerdpy.commands.")}
    assert commands <= {"nerdpy.commands.internal", "nerdpy.commands.internal.complete"}


def test_a_command_loads_no_other_command() -> None:
    commands = {name for name in called("completion", "bash") if name.startswith("nerdpy.commands.")}
    assert commands == {"nerdpy.commands.completion"}


@pytest.mark.skipif(not (ROOT / "nerdpy/monitor/main.py").exists(), reason="there is no monitor yet")
def test_the_monitor_is_plain_standard_library() -> None:
    names = loaded_by("import nerdpy.monitor.main")
    assert {name.split(".")[0] for name in names} & HEAVY == set()
    allowed = (
        "nerdpy.monitor",
        "nerdpy.logs",
        "nerdpy.model",
        "nerdpy.errors",
        "nerdpy.labels",
        "nerdpy.paths",
    )
    assert {name for name in names if name.startswith("nerdpy.") and not name.startswith(allowed)} == set()
