"""volume create, ls, inspect, rm."""

from nerdpy.errors import UsageError
from tests.integration.support.cli import Cli


def test_a_volume_lives_from_create_to_rm(cli: Cli) -> None:
    assert cli.ok("volume", "create", "data", "--label", "a=b").lines == ["data"]
    assert cli.ok("volume", "create", "data").lines == ["data"]
    assert cli.ok("volume", "ls", "-q").lines == ["data"]
    (found,) = cli.ok("volume", "inspect", "data").json
    assert (found["Name"], found["Driver"], found["Labels"]) == ("data", "local", {"a": "b"})
    assert found["Mountpoint"].endswith("/data/_data")
    assert cli.ok("volume", "rm", "data").lines == ["data"]
    assert cli.ok("volume", "ls", "-q").lines == []


def test_an_anonymous_volume_is_named_by_64_hex_digits(cli: Cli) -> None:
    name = cli.ok("volume", "create").line
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")


def test_what_is_missing_is_told_and_the_rest_is_done(cli: Cli) -> None:
    cli.ok("volume", "create", "one")
    removed = cli("volume", "rm", "missing", "one")
    assert (removed.code, removed.lines) == (1, ["one"])
    assert "no such volume: missing" in removed.err
    shown = cli("volume", "inspect", "missing")
    assert (shown.code, shown.json) == (1, [])
    assert cli("volume", "rm", "-f", "missing").code == 0


def test_a_bad_name_is_refused(cli: Cli) -> None:
    refused = cli("volume", "create", "../etc")
    assert refused.code == 1
    assert "invalid volume name" in refused.err
    assert cli("volume", "create", "--no-such-flag").code == UsageError.exit_code
