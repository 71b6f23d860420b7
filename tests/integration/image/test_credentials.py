"""Credentials from docker's config.json, its helpers and DOCKER_AUTH_CONFIG, where a registry wants them."""

import base64
import json
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.registry import PASSWORD, USER, Registry

AUTH = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
HELPER = """#!/bin/sh
echo "$@" >> {log}
read host
echo "$host" >> {log}
if [ "$host" = "{host}" ]; then
  echo '{{"ServerURL": "{host}", "Username": "{user}", "Secret": "{secret}"}}'
else
  echo 'credentials not found in native keychain'
  exit 1
fi
"""


def write_config(cli: Cli, value: object) -> None:
    folder = cli.folder / ".docker"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(value))


def private(registry: Registry) -> str:
    return registry.reference("private/busybox:latest")


def test_a_stranger_is_told_to_log_in(cli: Cli, login_registry: Registry) -> None:
    refused = cli("pull", private(login_registry))
    assert refused.code == 1
    assert 'pull access denied for "127.0.0.1:5001/private/busybox"' in refused.err
    assert "trying again" not in refused.err


@pytest.mark.parametrize("key", ["{}", "http://{}", "https://{}/", "{}/v1/"])
def test_the_file_has_the_password(cli: Cli, login_registry: Registry, key: str) -> None:
    write_config(cli, {"auths": {key.format(login_registry.host): {"auth": AUTH}}})
    cli.ok("pull", "-q", private(login_registry))


def test_a_password_for_another_port_is_not_sent(cli: Cli, login_registry: Registry) -> None:
    write_config(cli, {"auths": {"127.0.0.1:5999": {"auth": AUTH}, "127.0.0.1": {"auth": AUTH}}})
    assert cli("pull", private(login_registry)).code == 1


def test_a_wrong_password_is_never_shown(cli: Cli, login_registry: Registry) -> None:
    wrong = base64.b64encode(b"tester:very-secret-indeed").decode()
    write_config(cli, {"auths": {login_registry.host: {"auth": wrong}}})
    refused = cli("--debug", "pull", private(login_registry))
    assert refused.code == 1
    assert "very-secret-indeed" not in refused.all
    assert wrong not in refused.all


def test_docker_config_names_another_folder(cli: Cli, login_registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "config.json"
    file.write_text(json.dumps({"auths": {login_registry.host: {"auth": AUTH}}}))
    cli.ok("pull", "-q", private(login_registry), env={"DOCKER_CONFIG": str(file.parent)})


def test_the_environment_may_hold_the_password(cli: Cli, login_registry: Registry) -> None:
    text = json.dumps({"auths": {login_registry.host: {"auth": AUTH}}})
    cli.ok("pull", "-q", private(login_registry), env={"DOCKER_AUTH_CONFIG": text})


@pytest.mark.parametrize("kind", ["credHelpers", "credsStore"])
def test_a_helper_is_asked_on_its_input(
    cli: Cli, login_registry: Registry, tmp_path: Path, kind: str
) -> None:
    log, host = tmp_path / "log", login_registry.host
    programs = tmp_path / "programs"
    programs.mkdir()
    helper = programs / "docker-credential-safe"
    helper.write_text(HELPER.format(log=log, host=host, user=USER, secret=PASSWORD))
    helper.chmod(0o755)
    wrong = base64.b64encode(b"nobody:nothing").decode()
    helpers: dict[str, object] = {"credHelpers": {host: "safe"}, "credsStore": "safe"}
    write_config(cli, {kind: helpers[kind], "auths": {host: {"auth": wrong}}})
    path = f"{programs}:{cli.environment['PATH']}"
    cli.ok("pull", "-q", private(login_registry), env={"PATH": path})
    assert log.read_text().splitlines() == ["get", host]


def test_a_helper_that_is_missing_is_an_error(cli: Cli, login_registry: Registry) -> None:
    write_config(cli, {"credsStore": "nowhere"})
    refused = cli("pull", private(login_registry))
    assert refused.code == 1
    assert '"docker-credential-nowhere" is not on PATH' in refused.err


def test_a_broken_file_is_named(cli: Cli, login_registry: Registry) -> None:
    folder = cli.folder / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text('{"auths": ')
    refused = cli("pull", private(login_registry))
    assert refused.code == 1
    assert f"{folder}/config.json is not JSON (line 1)" in refused.err
