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
    if not _NAME.match(name):
        raise InvalidArgument(f'"{name}" is no name of a credential helper')
    program = f"docker-credential-{name}"
    done = _run(program, key)
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace").strip()
        if _NOTHING in said or _NOTHING in done.stderr.decode(errors="replace"):
            return None
        raise Unauthenticated(f'{program} failed for "{key}"{_reason(said)}')
    try:
        answer = json.loads(done.stdout)
        username, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, KeyError, TypeError):
        answer = None
    if answer is None:  # outside the handler: its cause would show the answer
        raise NerdpyError(f'the answer of {program} for "{key}" is malformed')
    return Credential("" if username == TOKEN else username, secret)


def _run(program: str, key: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            [program, "get"], input=key.encode(), capture_output=True, timeout=PATIENCE, check=False
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


def _reason(said: str) -> str:
    """Its words, unless they might be the credentials."""
    return f": {said[:200]}" if said and not said.startswith("{") else ""
