"""The order of the places where credentials are looked for; helpers are small scripts on PATH."""

import json
import os
from pathlib import Path

import pytest

from nerdpy.config import Config
from nerdpy.errors import NerdpyError, NotFound, Unauthenticated
from nerdpy.registry.credentials import find_credential, keychain_of
from nerdpy.registry.docker_config import Credential
from nerdpy.registry.helper import ask_helper

pytestmark = pytest.mark.may_run


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def helper(folder: Path, name: str, script: str) -> None:
    program = folder / f"docker-credential-{name}"
    program.write_text(f'#!/bin/sh\nread key\necho "$@ $key" >> {folder}/log\n{script}\n')
    program.chmod(0o755)


def says(username: str, secret: str) -> str:
    return f"""echo '{json.dumps({"ServerURL": "h", "Username": username, "Secret": secret})}'"""


NOTHING = "echo 'credentials not found in native keychain'; exit 1"


def config_of(tmp_path: Path, **value: object) -> Config:
    (tmp_path / "config.json").write_text(json.dumps(value))
    return Config(docker_config=str(tmp_path))


def test_a_helper_gets_the_host_on_its_input(programs: Path) -> None:
    helper(programs, "x", says("me", "secret"))
    assert ask_helper("x", "ghcr.io") == Credential("me", "secret")
    assert (programs / "log").read_text() == "get ghcr.io\n"


def test_a_token_has_no_user(programs: Path) -> None:
    helper(programs, "x", says("<token>", "secret"))
    assert ask_helper("x", "ghcr.io") == Credential("", "secret")


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("echo broken; exit 1", Unauthenticated),
        ('echo \'{"Secret": "s3cret"\'', NerdpyError),
        ("echo []", NerdpyError),
    ],
)
def test_a_failing_helper_is_an_error_without_secrets(
    programs: Path, script: str, kind: type[NerdpyError]
) -> None:
    helper(programs, "x", script)
    with pytest.raises(kind) as caught:
        ask_helper("x", "ghcr.io")
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "-x"])
def test_a_helper_s_name_is_no_path(name: str) -> None:
    with pytest.raises(NerdpyError):
        ask_helper(name, "ghcr.io")


def test_a_missing_helper_is_an_error(programs: Path) -> None:
    with pytest.raises(NotFound, match="docker-credential-nowhere"):
        ask_helper("nowhere", "ghcr.io")


def test_the_order_is_environment_host_helper_store_file(programs: Path, tmp_path: Path) -> None:
    helper(programs, "own", says("own", "1"))
    helper(programs, "all", says("all", "1"))
    written = {"username": "file", "password": "1"}
    everything = {"auths": {"h": written}, "credHelpers": {"h": "own"}, "credsStore": "all"}
    config = config_of(tmp_path, **everything)
    environment = json.dumps({"auths": {"h": {"username": "env", "password": "1"}}})

    def user(config: Config) -> str:
        found = find_credential(config, "h")
        assert found is not None
        return found.username

    assert user(config) == "own"
    assert user(Config(docker_config=config.docker_config, docker_auth_config=environment)) == "env"
    helper(programs, "own", NOTHING)
    assert user(config) == "all"
    helper(programs, "all", NOTHING)
    assert user(config) == "file"


def test_a_host_is_looked_up_once(programs: Path, tmp_path: Path) -> None:
    helper(programs, "all", says("all", "1"))
    keychain = keychain_of(config_of(tmp_path, credsStore="all"))
    assert keychain("h") == keychain("h") == Credential("all", "1")
    assert (programs / "log").read_text() == "get h\n"


def test_a_config_shows_no_secret() -> None:
    assert "s3cret" not in repr(Config(docker_auth_config="s3cret"))
