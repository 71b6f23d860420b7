"""Keeping a login in config.json: what is changed, and what stays."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError, NotFound
from nerdpy.registry import keeping
from nerdpy.registry.docker_config import Credential, load_docker_config
from nerdpy.registry.keeping import Login, forget, keep

ME = Credential("me", "open-sesame")
GHCR = Login("ghcr.io", ME)
HUB = "https://index.docker.io/v1/"


def written(folder: Path, value: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    path.write_text(json.dumps(value))
    return path


def read(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return value


class Helper:
    """What the credential helpers would have done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_with: NerdpyError | None = None) -> None:
        self.calls: list[tuple[str, ...]] = []
        self._fails_with = fails_with
        monkeypatch.setattr(keeping, "store_in_helper", self.store)
        monkeypatch.setattr(keeping, "erase_in_helper", self.erase)

    def store(self, name: str, key: str, credential: Credential) -> None:
        self.calls.append(("store", name, key, credential.username, credential.secret))
        if self._fails_with:
            raise self._fails_with

    def erase(self, name: str, key: str) -> None:
        self.calls.append(("erase", name, key))
        if self._fails_with:
            raise self._fails_with


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> Helper:
    monkeypatch.setattr(keeping, "_helper_of_this_machine", lambda: "")
    return Helper(monkeypatch)


def test_a_login_is_readable_by_its_owner_alone_and_by_pull(tmp_path: Path, helper: Helper) -> None:
    folder = tmp_path / "new"
    kept = keep(str(folder), GHCR)
    assert (kept.path, kept.helper) == (str(folder / "config.json"), "")
    assert (folder / "config.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert load_docker_config(str(folder)).written_for("ghcr.io") == ME
    assert not helper.calls
    assert [entry.name for entry in folder.iterdir()] == ["config.json"]


def test_what_nerdpy_does_not_know_stays(tmp_path: Path, helper: Helper) -> None:
    before = {
        "psFormat": "x",
        "HttpHeaders": {"ü": "<&>"},
        "auths": {"quay.io": {"auth": "YTpi", "email": "z"}, "ghcr.io/team": {"auth": "YTpi"}},
    }
    path = written(tmp_path, before)
    path.chmod(0o644)
    keep(str(tmp_path), GHCR)
    after = read(tmp_path)
    assert after["auths"].pop("ghcr.io") == {"auth": "bWU6b3Blbi1zZXNhbWU="}
    assert after == before
    assert list(after) == list(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_host_has_one_login(tmp_path: Path, helper: Helper) -> None:
    written(
        tmp_path, {"auths": {"docker.io": {"auth": "YTpi"}, "index.docker.io": {}, HUB: {"auth": "YTpi"}}}
    )
    keep(str(tmp_path), Login("docker.io", ME))
    assert list(read(tmp_path)["auths"]) == [HUB]
    assert load_docker_config(str(tmp_path)).written_for("docker.io") == ME


def test_an_identity_token_is_kept_in_place_of_the_password(tmp_path: Path, helper: Helper) -> None:
    keep(str(tmp_path), Login("ghcr.io", ME, "t0ken"))
    assert read(tmp_path)["auths"]["ghcr.io"] == {"auth": "bWU6", "identitytoken": "t0ken"}
    assert load_docker_config(str(tmp_path)).written_for("ghcr.io") == Credential("", "t0ken")


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"credsStore": "vault"}, "vault"),
        ({"credHelpers": {"ghcr.io": "gh"}, "credsStore": "vault"}, "gh"),
        ({"credHelpers": {"quay.io": "gh"}, "credsStore": "vault"}, "vault"),
    ],
)
def test_a_helper_gets_the_secret_and_the_file_does_not(
    tmp_path: Path, helper: Helper, config: dict[str, Any], name: str
) -> None:
    written(tmp_path, {**config, "auths": {"https://ghcr.io": {"auth": "b2xkOm9sZA=="}}})
    kept = keep(str(tmp_path), GHCR)
    assert kept.helper == name
    assert helper.calls == [("store", name, "ghcr.io", "me", "open-sesame")]
    assert read(tmp_path) == {**config, "auths": {"ghcr.io": {}}}


def test_a_helper_knows_identity_tokens_by_their_name(tmp_path: Path, helper: Helper) -> None:
    written(tmp_path, {"credsStore": "vault"})
    keep(str(tmp_path), Login("docker.io", ME, "t0ken"))
    assert helper.calls == [("store", "vault", HUB, "", "t0ken")]


def test_a_helper_that_is_missing_is_an_error_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Helper(monkeypatch, NotFound("not on PATH"))
    written(tmp_path, {"credsStore": "vault"})
    with pytest.raises(NotFound):
        keep(str(tmp_path), GHCR)
    assert read(tmp_path) == {"credsStore": "vault"}


def test_the_machine_s_own_helper_is_taken_where_nothing_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = Helper(monkeypatch)
    monkeypatch.setattr(keeping, "_helper_of_this_machine", lambda: "pass")
    keep(str(tmp_path), GHCR)
    assert helper.calls == [("store", "pass", "ghcr.io", "me", "open-sesame")]
    assert read(tmp_path) == {"auths": {"ghcr.io": {}}, "credsStore": "pass"}
    keep(str(tmp_path), Login("quay.io", ME))
    assert helper.calls[1:] == [("store", "pass", "quay.io", "me", "open-sesame")]


def test_the_machine_s_own_helper_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Helper(monkeypatch, NerdpyError("no key ring"))
    monkeypatch.setattr(keeping, "_helper_of_this_machine", lambda: "secretservice")
    kept = keep(str(tmp_path), GHCR)
    assert (kept.helper, kept.refusal) == ("", "no key ring")
    assert load_docker_config(str(tmp_path)).written_for("ghcr.io") == ME


def test_a_link_stays_a_link(tmp_path: Path, helper: Helper) -> None:
    real = written(tmp_path / "real", {"psFormat": "x"})
    folder = tmp_path / "docker"
    folder.mkdir()
    (folder / "config.json").symlink_to(real)
    keep(str(folder), GHCR)
    assert (folder / "config.json").is_symlink()
    assert read(tmp_path / "real")["psFormat"] == "x"
    assert os.listdir(folder) == ["config.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": 5}'])
def test_a_broken_file_is_left_alone(tmp_path: Path, helper: Helper, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(InvalidArgument):
        keep(str(tmp_path), GHCR)
    assert path.read_text() == text


def test_an_empty_file_is_a_fresh_one(tmp_path: Path, helper: Helper) -> None:
    (tmp_path / "config.json").write_text("\n")
    keep(str(tmp_path), GHCR)
    assert list(read(tmp_path)) == ["auths"]


def test_a_logout_takes_every_spelling_of_the_host(tmp_path: Path, helper: Helper) -> None:
    mine = ["ghcr.io", "https://ghcr.io", "https://ghcr.io/v2/", "ghcr.io:443", "GHCR.io"]
    others = {"quay.io": {"auth": "YTpi"}, "ghcr.io:5000": {"auth": "YTpi"}, "ghcr.io/team": {"auth": "YTpi"}}
    written(tmp_path, {"auths": {**{key: {"auth": "YTpi"} for key in mine}, **others}, "x": 1})
    forget(str(tmp_path), "ghcr.io")
    assert read(tmp_path) == {"auths": others, "x": 1}


def test_a_logout_erases_in_each_helper_that_pull_would_ask(tmp_path: Path, helper: Helper) -> None:
    written(tmp_path, {"credHelpers": {"https://ghcr.io": "gh"}, "credsStore": "vault"})
    forget(str(tmp_path), "ghcr.io")
    assert ("erase", "gh", "ghcr.io") in helper.calls
    assert ("erase", "vault", "https://ghcr.io") in helper.calls
    assert read(tmp_path) == {"credHelpers": {"https://ghcr.io": "gh"}, "credsStore": "vault"}


def test_a_logout_without_a_login_writes_nothing(tmp_path: Path, helper: Helper) -> None:
    forget(str(tmp_path / "nowhere"), "ghcr.io")
    assert not (tmp_path / "nowhere").exists()


def test_a_helper_that_fails_to_forget_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Helper(monkeypatch, NerdpyError("locked"))
    written(tmp_path, {"credsStore": "vault", "auths": {"ghcr.io": {}}})
    with pytest.raises(NerdpyError, match="locked"):
        forget(str(tmp_path), "ghcr.io")
    assert read(tmp_path)["auths"] == {}
