"""Credential helpers: programs `docker-credential-NAME`, asked on stdin, never by arguments (docker's
protocol)."""

import json
import re
import subprocess

from nerdpy.errors import DeadlineExceeded, InvalidArgument, NerdpyError, NotFound, Unauthenticated
from nerdpy.registry.docker_config import Credential

PATIENCE = 60
"""Seconds: a helper may ask its user to unlock a key ring."""
TOKEN = "<token>"
"""The user name under which helpers keep identity tokens."""
_NOTHING = "credentials not found"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


def ask_helper(name: str, key: str) -> Credential | None:
    """What the helper has for one key; None when it knows nothing."""
    program = _program(name)
    done = _run(program, "get", key)
    if done.returncode != 0:
        if _knows_nothing(done):
            return None
        raise Unauthenticated(f'{program} failed for "{key}"{_reason(done)}')
    try:
        answer = json.loads(done.stdout)
        username, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, KeyError, TypeError):
        answer = None
    if answer is None:  # outside the handler: its cause would show the answer
        raise NerdpyError(f'the answer of {program} for "{key}" is malformed')
    return Credential("" if username == TOKEN else username, secret)


def store_in_helper(name: str, key: str, credential: Credential) -> None:
    """Let the helper keep a credential; an identity token has no user name."""
    entry = {"ServerURL": key, "Username": credential.username or TOKEN, "Secret": credential.secret}
    program = _program(name)
    done = _run(program, "store", json.dumps(entry))
    if done.returncode != 0:  # what it said may be what it was told
        raise NerdpyError(
            f'{program} could not store the credentials of "{key}"{_reason(done, credential.secret)}'
        )


def erase_in_helper(name: str, key: str) -> None:
    """Let the helper forget what it has for one key, if anything."""
    program = _program(name)
    done = _run(program, "erase", key)
    if done.returncode != 0 and not _knows_nothing(done):
        raise NerdpyError(f'{program} could not erase the credentials of "{key}"{_reason(done)}')


def _program(name: str) -> str:
    if not _NAME.match(name):
        raise InvalidArgument(f'"{name}" is no name of a credential helper')
    return f"docker-credential-{name}"


def _knows_nothing(done: "subprocess.CompletedProcess[bytes]") -> bool:
    return _NOTHING in (done.stdout + done.stderr).decode(errors="replace")


def _run(program: str, verb: str, said: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            [program, verb], input=said.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except FileNotFoundError as error:
        raise NotFound(
            f'the credential helper "{program}" is not on PATH',
            hint='install it, or take it out of "credHelpers" and "credsStore" in docker\'s config.json',
        ) from error
    except subprocess.TimeoutExpired:
        raise DeadlineExceeded(f"{program} did not answer within {PATIENCE} s") from None
    except OSError as error:
        raise NerdpyError(f"{program} cannot be started: {(error.strerror or '').lower()}") from error


def _reason(done: "subprocess.CompletedProcess[bytes]", secret: str = "") -> str:
    """Its words, unless they might be the credentials."""
    said = done.stdout.decode(errors="replace").strip()
    is_fit = said and not said.startswith("{") and not (secret and secret in said)
    return f": {said[:200]}" if is_fit else ""
