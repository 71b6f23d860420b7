"""config.json: what it says about credentials, and that no error shows one."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.registry.docker_config import Credential, load_docker_config, parse_docker_config

SECRET = "open-sesame"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def credential_in(entry: Any) -> Credential | None:
    return parse_docker_config(json.dumps({"auths": {"h:1": entry}}), "the file").written_for("h:1")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"auth": encoded(f"me:{SECRET}")}, Credential("me", SECRET)),
        ({"auth": encoded("me:with:colons")}, Credential("me", "with:colons")),
        ({"username": "me", "password": SECRET}, Credential("me", SECRET)),
        ({"identitytoken": SECRET, "auth": encoded("me:x")}, Credential("", SECRET)),
        ({}, None),
        ({"email": "me@example.com"}, None),
    ],
)
def test_an_entry_holds_a_password_or_a_token(entry: Any, expected: Credential | None) -> None:
    assert credential_in(entry) == expected


@pytest.mark.parametrize(
    "entry", ["text", {"auth": "%%%" + SECRET}, {"auth": encoded(SECRET)}, {"registrytoken": SECRET}]
)
def test_a_bad_entry_is_named_without_its_secret(entry: Any) -> None:
    with pytest.raises(NerdpyError) as caught:
        credential_in(entry)
    shown = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert "h:1" in shown
    assert SECRET not in shown
    assert encoded(SECRET) not in shown


def test_no_text_of_the_values_shows_a_secret() -> None:
    text = json.dumps({"auths": {"h": {"auth": encoded(f"me:{SECRET}")}}})
    config = parse_docker_config(text, "the file")
    assert SECRET not in repr(config.written_for("h"))
    assert encoded(f"me:{SECRET}") not in repr(config)


def test_the_exact_key_comes_first() -> None:
    auths = {"https://h": {"auth": encoded("old:x")}, "h": {"auth": encoded("new:x")}}
    found = parse_docker_config(json.dumps({"auths": auths}), "the file").written_for("h")
    assert found == Credential("new", "x")


def test_helpers_of_the_host_come_before_the_store() -> None:
    config = parse_docker_config(
        '{"credHelpers": {"https://h/": "own", "i": "other"}, "credsStore": "all"}', "f"
    )
    assert list(config.helpers_for("h")) == ["own", "all"]
    assert list(config.helpers_for("j")) == ["all"]


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": [1]}', '{"credHelpers": "x"}'])
def test_a_malformed_file_is_an_error(text: str) -> None:
    with pytest.raises(InvalidArgument, match="the file"):
        parse_docker_config(text, "the file")


def test_a_missing_or_empty_file_knows_nobody(tmp_path: Path) -> None:
    assert load_docker_config(str(tmp_path)).written_for("h") is None
    (tmp_path / "config.json").write_text("")
    assert load_docker_config(str(tmp_path)).written_for("h") is None
