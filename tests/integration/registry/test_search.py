"""Searching a registry that has docker's first API, and what others say."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.recorder import Recorder, Reply, Seen
from tests.integration.support.registry import Registry

RESULTS = [
    {"name": "busybox", "description": "Busybox base image.", "star_count": 3000, "is_official": True},
    {"name": "team/busybox", "description": "x" * 60, "star_count": 70, "is_automated": True},
    {"name": "odd", "description": "two\nlines \u001b[31m", "star_count": 0},
]


def reply(seen: Seen) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps({"results": RESULTS}).encode()


@pytest.fixture
def index(machine: None) -> Iterator[Recorder]:
    with Recorder(reply) as recorder:
        yield recorder


def asked(index: Recorder) -> dict[str, list[str]]:
    parts = urlsplit(index.seen[-1].path)
    assert parts.path == "/v1/search"
    return parse_qs(parts.query)


def test_what_is_found_is_a_table(cli: Cli, index: Recorder) -> None:
    shown = cli.ok("search", f"{index.host}/busy box")
    assert asked(index) == {"q": ["busy box"], "n": ["25"]}
    assert shown.lines == [
        "NAME           DESCRIPTION                                     STARS     OFFICIAL",
        "busybox        Busybox base image.                             3000      [OK]",
        f"team/busybox   {'x' * 44}…   70",
        "odd            two lines \\x1b[31m                              0",
    ]


def test_nothing_is_shortened_when_asked(cli: Cli, index: Recorder) -> None:
    assert "x" * 60 in cli.ok("search", "--no-trunc", f"{index.host}/x").out


@pytest.mark.parametrize(
    ("words", "names", "number"),
    [
        (["-f", "is-official=true"], ["busybox"], "100"),
        (["--filter", "stars=70"], ["busybox", "team/busybox"], "100"),
        (["-f", "stars=70", "-f", "is-official=false"], ["team/busybox"], "100"),
        (["-f", "stars=70", "--limit", "1"], ["busybox"], "100"),
        (["--limit", "2"], ["busybox", "team/busybox"], "2"),
    ],
)
def test_filters_and_limits(
    cli: Cli, index: Recorder, words: list[str], names: list[str], number: str
) -> None:
    shown = cli.ok("search", *words, "--format", "{{.Name}}", f"{index.host}/x")
    assert shown.lines == names
    assert asked(index)["n"] == [number]


def test_rows_have_docker_s_fields(cli: Cli, index: Recorder) -> None:
    shown = cli.ok("search", "--limit", "1", "--format", "json", f"{index.host}/x")
    assert shown.json == {
        "Name": "busybox",
        "Description": "Busybox base image.",
        "StarCount": "3000",
        "IsOfficial": "true",
        "IsAutomated": "false",
    }
    template = "table {{.Name}}\t{{.IsAutomated}}"
    lines = cli.ok("search", "--format", template, f"{index.host}/x").lines
    assert lines[0].split() == ["NAME", "AUTOMATED"]
    assert lines[2].split() == ["team/busybox", "[OK]"]


def test_a_filter_that_is_deprecated_is_told_of(cli: Cli, index: Recorder) -> None:
    shown = cli.ok("search", "-f", "is-automated=true", "--format", "{{.Name}}", f"{index.host}/x")
    assert shown.lines == ["team/busybox"]
    assert 'the filter "is-automated" is deprecated' in shown.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-f", "stars=many", "x"], 'invalid filter "stars=many"'),
        (["-f", "name=x", "x"], 'invalid filter "name"'),
        (["--limit", "101", "x"], "limit 101 is outside the range of [1, 100]"),
        (["https://quay.io/x"], "must not have a scheme"),
        (["127.0.0.1:1/x"], 'registry "127.0.0.1:1" does not answer'),
    ],
)
def test_what_cannot_be_asked_is_refused(cli: Cli, words: list[str], message: str) -> None:
    refused = cli("search", *words)
    assert refused.code != 0
    assert message in refused.err


def test_a_registry_without_a_search_says_so(cli: Cli, registry: Registry) -> None:
    refused = cli("search", f"{registry.host}/busybox")
    assert refused.code == 1
    assert f'registry "{registry.host}" cannot be searched' in refused.err


def test_an_answer_that_is_none_is_refused(cli: Cli) -> None:
    with Recorder(lambda seen: (200, {}, b"<html>")) as server:
        refused = cli("search", f"{server.host}/x")
    assert refused.code == 1
    assert "is malformed" in refused.err
