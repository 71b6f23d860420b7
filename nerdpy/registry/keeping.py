"""Keeping a login, and forgetting it: in a credential helper, or in docker's config.json itself."""

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, NerdpyError, PermissionDenied
from nerdpy.linux.flock import locked
from nerdpy.linux.whole_file import write_whole
from nerdpy.registry.docker_config import (
    Credential,
    DockerConfig,
    config_path,
    load_docker_config,
    parse_docker_config,
)
from nerdpy.registry.helper import erase_in_helper, store_in_helper
from nerdpy.registry.keys import is_same_host, is_whole_host, login_key, spellings


@dataclass(frozen=True)
class Login:
    """What a registry has accepted."""

    host: str
    credential: Credential
    identity: str = field(default="", repr=False)
    """The identity token that the registry gave in place of the password; it alone is kept then."""


@dataclass(frozen=True)
class Kept:
    """Where a login is now."""

    path: str
    helper: str = ""
    """Empty: it stands in the file, not encrypted."""
    refusal: str = ""
    """Why the helper that this machine has did not take it."""


def keep(folder: str, login: Login) -> Kept:
    """Keep it where config.json says; where it says nothing yet, in the machine's own helper if it has one.

    `folder` as in `Config.docker_config`. A helper that is named but missing or failing is an error: the
    secret is not written elsewhere in its place.
    """
    file = load_docker_config(folder)
    helper = next(file.helpers_for(login.host), "")
    is_found = not helper and _is_untouched(file)
    if is_found:
        helper = _helper_of_this_machine()
    refusal = ""
    if helper:
        try:
            store_in_helper(helper, login_key(login.host), _for_helper(login))
        except NerdpyError as error:
            if not is_found:
                raise
            helper, refusal = "", error.message
    with _changing(folder) as value:
        auths = value.setdefault("auths", {})
        for key in _keys_of(auths, login.host):
            del auths[key]
        auths[login_key(login.host)] = {} if helper else _entry(login)
        if helper and is_found:
            value["credsStore"] = helper
    return Kept(str(config_path(folder)), helper, refusal)


def forget(folder: str, host: str) -> None:
    """Remove what config.json and its helpers have for this host, under whatever key.

    The file first; a helper that fails is an error in the end, for then the credential may still be there.
    """
    file = load_docker_config(folder)
    mine = _keys_of(file.auths, host)
    if mine:
        with _changing(folder) as value:
            for key in _keys_of(value.get("auths") or {}, host):
                del value["auths"][key]
    for helper in dict.fromkeys(file.helpers_for(host)):
        for key in dict.fromkeys((*spellings(host), *mine)):
            erase_in_helper(helper, key)


def _keys_of(auths: Any, host: str) -> list[str]:
    return [key for key in auths if is_same_host(key, host) and is_whole_host(key)]


def _for_helper(login: Login) -> Credential:
    return Credential("", login.identity) if login.identity else login.credential


def _entry(login: Login) -> dict[str, str]:
    """As docker writes it: base64 hides nothing."""
    secret = "" if login.identity else login.credential.secret
    entry = {"auth": base64.b64encode(f"{login.credential.username}:{secret}".encode()).decode()}
    return entry | ({"identitytoken": login.identity} if login.identity else {})


def _is_untouched(file: DockerConfig) -> bool:
    """Has nobody chosen yet where logins are kept? docker's test."""
    return not file.store and not file.helpers and not file.auths


def _helper_of_this_machine() -> str:
    """docker's choice on Linux: `pass` where that is installed, else the desktop's key ring."""
    name = "pass" if shutil.which("pass") else "secretservice"
    return name if shutil.which(f"docker-credential-{name}") else ""


@contextmanager
def _changing(folder: str) -> Iterator[dict[str, Any]]:
    """The whole of config.json, to be changed in place; written when the block ends well.

    What nerdpy does not know stays as it is. A link stays one: what it leads to is replaced.
    """
    path = Path(os.path.realpath(config_path(folder)))
    lock = path.with_name(".config.json.lock")
    try:
        with locked(lock, what="docker's config.json"):
            try:
                value = _read(path)
                yield value
                _write(path, value)
            finally:
                lock.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise PermissionDenied(
            f"cannot write {path}: {reason}", hint="name another folder with --config or DOCKER_CONFIG"
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        text = ""
    except UnicodeDecodeError:
        raise InvalidArgument(f"{path} is no text") from None
    parse_docker_config(text, str(path))  # refuses what is malformed
    value: dict[str, Any] = json.loads(text.strip() or "{}")
    if value.get("auths") is None:
        value.pop("auths", None)
    return value


def _write(path: Path, value: dict[str, Any]) -> None:
    """0600, and its owner's as before: under sudo it may be somebody else's."""
    try:
        before = path.stat()
    except FileNotFoundError:
        before = None
    write_whole(path, json.dumps(value, indent="\t", ensure_ascii=False) + "\n", is_durable=True)
    if before is not None and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(path, before.st_uid, before.st_gid, follow_symlinks=False)
