"""docker's config.json, as far as it is about credentials: `auths`, `credHelpers`, `credsStore`."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nerdpy import errors
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, PermissionDenied
from nerdpy.registry.keys import is_same_host


@dataclass(frozen=True)
class Credential:
    """What a registry wants to see; its text shows no secret."""

    username: str
    """Empty: the secret is an identity (refresh) token."""
    secret: str = field(repr=False)


@dataclass(frozen=True)
class DockerConfig:
    """One config.json. `source` is how errors call it."""

    source: str
    auths: Mapping[str, Any] = field(default_factory=dict, repr=False)
    helpers: Mapping[str, str] = field(default_factory=dict)
    store: str = ""

    def helpers_for(self, host: str) -> Iterator[str]:
        """The helpers to ask: the one named for this host, then the one for all."""
        yield from (helper for key, helper in self.helpers.items() if is_same_host(key, host))
        if self.store:
            yield self.store

    def written_for(self, host: str) -> Credential | None:
        """The credential that stands in the file itself; a key that is the host's very name comes first."""
        keys = sorted((key for key in self.auths if is_same_host(key, host)), key=lambda key: key != host)
        found = (self._credential(key) for key in keys)
        return next((credential for credential in found if credential is not None), None)

    def _credential(self, key: str) -> Credential | None:
        entry = self.auths[key]
        if not isinstance(entry, Mapping):
            raise InvalidArgument(f'the credentials of "{key}" in {self.source} are malformed')
        if entry.get("registrytoken"):
            raise errors.NotImplemented(
                f'"{key}" in {self.source} has a registrytoken, which nerdpy cannot use',
                hint="log in with a name and a password or an identity token",
            )
        if entry.get("identitytoken"):
            return Credential("", str(entry["identitytoken"]))
        username, secret = str(entry.get("username") or ""), str(entry.get("password") or "")
        if entry.get("auth"):
            username, secret = self._decoded(key, str(entry["auth"]))
        return Credential(username, secret) if username and secret else None

    def _decoded(self, key: str, text: str) -> tuple[str, str]:
        try:
            username, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if not colon:  # raised here, where no cause would show what was being decoded
            raise InvalidArgument(f'"auth" of "{key}" in {self.source} is not base64 of NAME:PASSWORD')
        return username, secret.rstrip("\0")


def config_path(folder: str) -> Path:
    """Where the file is; `folder` as in `Config.docker_config`."""
    try:
        return (Path(folder) if folder else Path("~/.docker").expanduser()) / "config.json"
    except RuntimeError:  # nobody knows where home is
        return Path("~/.docker/config.json")


def load_docker_config(folder: str) -> DockerConfig:
    """The file in `folder` (empty: `~/.docker`); no file is an empty one."""
    path = config_path(folder)
    try:
        text = path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return DockerConfig(str(path))
    except OSError as error:
        raise PermissionDenied(f"cannot read {path}: {(error.strerror or '').lower()}") from error
    except UnicodeDecodeError:
        raise InvalidArgument(f"{path} is no text") from None
    return parse_docker_config(text, str(path))


def parse_docker_config(text: str, source: str) -> DockerConfig:
    """Unknown keys are docker's own business; what is about credentials must be well formed."""
    try:
        value = json.loads(text.strip() or "{}")
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidArgument(f"{source} is not JSON{where}") from None
    if not isinstance(value, dict):
        raise InvalidArgument(f"{source} is not a JSON object")
    auths, helpers = value.get("auths") or {}, value.get("credHelpers") or {}
    for key, part in (("auths", auths), ("credHelpers", helpers)):
        if not isinstance(part, dict):
            raise InvalidArgument(f'"{key}" in {source} is not a JSON object')
    return DockerConfig(source, auths, helpers, str(value.get("credsStore") or ""))
