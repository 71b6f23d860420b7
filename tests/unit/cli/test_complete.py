"""Completion offers what may follow, wherever the cursor stands."""

import pytest

from nerdpy.cli.complete import FILES, complete
from nerdpy.cli.shells import SCRIPTS


def offered(line: str) -> list[str]:
    """Candidates for a line; a space at its end starts a new word."""
    words = line.split(" ")
    return [candidate.partition("\t")[0] for candidate in complete(words, {"NERDPY_TOML": "/nonexistent"})]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ru", ["run"]),
        ("volu", ["volume"]),
        ("container st", ["start", "stats", "stop"]),
        ("ns l", ["ls", "list"]),
        ("image veri", ["verifier"]),
        ("image verifier r", ["rm", "remove"]),
        ("image --debug verifier inst", ["install"]),
        ("image verifier install --max", ["--max-verifiers"]),
        ("help ru", ["run"]),
        ("--debug ru", ["run"]),
        ("-n x ru", ["run"]),
        ("--namespace x container renam", ["rename"]),
        ("container --debug renam", ["rename"]),
        ("--log-level de", ["debug"]),
        ("--log-level=de", ["--log-level=debug"]),
        ("-l de", ["debug"]),
        ("--cgroup-m", ["--cgroup-manager"]),
        ("completion --no-d", ["--no-descriptions"]),
        ("completion --data-r", ["--data-root"]),
        ("stop --time", ["--time", "--timeout"]),
        ("--config ", [FILES]),
        ("--config /x", [FILES]),
        ("completion z", ["zsh"]),
        ("completion zsh ", []),
        ("intern", []),
        ("nosuch ", []),
        ("network ls --filter type=", ["type=builtin", "type=custom"]),
        ("network create -d ma", ["macvlan"]),
        ("network create --driver macvlan -o par", ["parent="]),
        ("network create --driver nonsense -o par", []),
        ("network create -o ic", ["icc="]),
    ],
)
def test_candidates_fit_the_place(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_nothing_offers_every_command_but_the_internal_ones() -> None:
    assert {"run", "ps", "container", "completion"} <= set(offered(""))
    assert "internal" not in offered("")


@pytest.mark.may_run
def test_names_of_things_are_not_offered_where_no_engine_answers() -> None:
    assert offered("--address /nonexistent --namespace ") == []


def test_what_is_offered_says_what_it_means() -> None:
    assert list(complete(["renam"], {})) == ["rename\tRename a container"]


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
def test_every_script_asks_nerdpy(shell: str) -> None:
    assert "internal complete --" in SCRIPTS[shell]
