"""Commands read their words without typer's `__init__`, and typer is whole for whoever asks for it."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.may_run


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_command_is_read_without_what_builds_applications() -> None:
    code = "import sys, nerdpy.cli.command; print(sorted({'typer.main', 'typer.params'} & set(sys.modules)))"
    assert python(code) == "[]"


def test_typer_is_whole_when_somebody_asks_for_it() -> None:
    code = (
        "import nerdpy.cli.command, typer, typer.core; from typer import Typer, Option;"
        "print(typer.Typer is Typer, typer.main.Typer is Typer, typer.core.TyperCommand.__module__)"
    )
    assert python(code) == "True True typer.core"


def test_a_name_that_typer_lacks_is_missing_before_and_after() -> None:
    code = (
        "import nerdpy.cli.command, typer;"
        "print(hasattr(typer, '_nothing'), hasattr(typer, 'nothing'), hasattr(typer, 'nothing'))"
    )
    assert python(code) == "False False False"


def test_a_typer_that_is_there_already_is_left_alone() -> None:
    code = "import typer; whole = typer; import nerdpy.cli.command, sys; print(sys.modules['typer'] is whole)"
    assert python(code) == "True"
