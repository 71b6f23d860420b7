"""Logging out: nothing of the login stays."""

import json
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli


def written(cli: Cli, value: object) -> Path:
    path = cli.folder / ".docker" / "config.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value))
    return path


@pytest.mark.parametrize("server", ["ghcr.io", "https://ghcr.io/v2/", "GHCR.io:443"])
def test_every_key_of_the_host_is_removed(cli: Cli, server: str) -> None:
    other = {"quay.io": {"auth": "YTpi"}, "ghcr.io/team": {"auth": "YTpi"}}
    mine = {key: {"auth": "YTpi"} for key in ("ghcr.io", "https://ghcr.io", "https://ghcr.io/v1/")}
    path = written(cli, {"auths": {**mine, **other}, "psFormat": "x"})
    assert cli.ok("logout", server).out == "Removing login credentials for ghcr.io\n"
    assert json.loads(path.read_text()) == {"auths": other, "psFormat": "x"}


def test_docker_s_own_registry_is_meant_by_nothing(cli: Cli) -> None:
    path = written(cli, {"auths": {"https://index.docker.io/v1/": {"auth": "YTpi"}, "docker.io": {}}})
    assert cli.ok("logout").out == "Removing login credentials for https://index.docker.io/v1/\n"
    assert json.loads(path.read_text()) == {"auths": {}}


def test_who_is_not_logged_in_may_log_out(cli: Cli) -> None:
    assert cli.ok("logout", "ghcr.io").out == "Removing login credentials for ghcr.io\n"
    assert not (cli.folder / ".docker").exists()


def test_a_helper_that_is_missing_is_an_error(cli: Cli) -> None:
    path = written(cli, {"credsStore": "nowhere", "auths": {"ghcr.io": {}}})
    refused = cli("logout", "ghcr.io")
    assert refused.code == 1
    assert '"docker-credential-nowhere" is not on PATH' in refused.err
    assert json.loads(path.read_text())["auths"] == {}


def test_a_broken_file_is_named_and_left_alone(cli: Cli) -> None:
    path = written(cli, {})
    path.write_text("{")
    refused = cli("logout", "ghcr.io")
    assert refused.code == 1
    assert f"{path} is not JSON" in refused.err
    assert path.read_text() == "{"
