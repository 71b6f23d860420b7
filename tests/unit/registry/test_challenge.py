"""WWW-Authenticate as RFC 9110 lets servers write it."""

import pytest

from nerdpy.registry.challenge import Challenge, parse_challenges

BEARER = {"realm": "https://auth.example/token", "service": "r.example"}


@pytest.mark.parametrize(
    ("text", "challenges"),
    [
        ("", []),
        ("Basic", [Challenge("basic")]),
        ('Basic realm="tests"', [Challenge("basic", {"realm": "tests"})]),
        ("BASIC realm=tests", [Challenge("basic", {"realm": "tests"})]),
        (
            'Bearer realm="https://auth.example/token",service="r.example"',
            [Challenge("bearer", BEARER)],
        ),
        (
            'Bearer realm = "https://auth.example/token" , service="r.example"',
            [Challenge("bearer", BEARER)],
        ),
        (
            'Bearer Realm="https://auth.example/token", SERVICE=r.example',
            [Challenge("bearer", BEARER)],
        ),
        (
            'Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push"',
            [Challenge("bearer", {**BEARER, "scope": "repository:a/b:pull,push"})],
        ),
        (
            'Basic realm="a, b", Bearer realm="https://auth.example/token",service="r.example"',
            [Challenge("basic", {"realm": "a, b"}), Challenge("bearer", BEARER)],
        ),
        (
            'Negotiate, Basic realm="x"',
            [Challenge("negotiate"), Challenge("basic", {"realm": "x"})],
        ),
        (
            'Negotiate YWJjZA==, Basic realm="x"',
            [Challenge("negotiate"), Challenge("basic", {"realm": "x"})],
        ),
        (r'Basic realm="say \"a\\b\""', [Challenge("basic", {"realm": 'say "a\\b"'})]),
        (', ,Basic realm="x",,charset="UTF-8",', [Challenge("basic", {"realm": "x", "charset": "UTF-8"})]),
        ('Basic realm="first",realm="second"', [Challenge("basic", {"realm": "first"})]),
        ('Basic realm="never closed', [Challenge("basic")]),
        ('Bearer realm=""', [Challenge("bearer", {"realm": ""})]),
        ('"quoted"', []),
    ],
)
def test_challenges_are_told_apart(text: str, challenges: list[Challenge]) -> None:
    assert parse_challenges(text) == challenges


@pytest.mark.parametrize(
    "text", ['Basic a="' + '\\"' * 50_000, "a " * 50_000, "a=b," * 50_000, "," * 100_000]
)
def test_hostile_headers_end(text: str) -> None:
    parse_challenges(text)
