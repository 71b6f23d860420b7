"""Manifests as registries have them: of one image, or a list."""

import json
from functools import cached_property
from typing import Any

from nerdpy.config import Config
from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.manifest.entry import Entry, is_list, parse_json, platform_of, refuse_old_schema
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.reference import Reference, is_digest
from nerdpy.registry.client import DOCKER_MANIFEST, Manifest, fetch_blob, fetch_manifest
from nerdpy.registry.connection import Access, Connection, access_of

LONGEST_CONFIG = 8 << 20


@dataclass(frozen=True)
class Fetched:
    """What stands under a reference; `value` is it as JSON."""

    reference: Reference
    manifest: Manifest
    value: dict[str, Any]

    @property
    def is_list(self) -> bool:
        return is_list(self.manifest.descriptor.media_type, self.value)

    @property
    def media_type(self) -> str:
        return str(self.value.get("mediaType") or self.manifest.descriptor.media_type or DOCKER_MANIFEST)


class Registries:
    """The registries of one command, each connected to once."""

    def __init__(self, config: Config, *, is_insecure: bool = False) -> None:
        self._config = config
        self._is_insecure = is_insecure
        self._connections: dict[str, Connection] = {}

    @cached_property
    def _access(self) -> Access:
        return access_of(self._config, is_insecure=self._is_insecure)

    def connection(self, host: str) -> Connection:
        """The one to this registry."""
        if host not in self._connections:
            self._connections[host] = Connection(host, self._access)
        return self._connections[host]

    def fetch(self, reference: Reference) -> Fetched:
        """NotFound, Unauthenticated, Unavailable; InvalidArgument for docker's schema 1."""
        shown = reference.familiar_string
        found = fetch_manifest(
            self.connection(reference.domain), reference.path, reference.digest or reference.tag
        )
        value = parse_json(found.data, shown)
        refuse_old_schema(found.descriptor.media_type, value, shown)
        return Fetched(reference, found, value)

    def entry(self, fetched: Fetched) -> Entry:
        """The manifest of one image, with the platform that its config says."""
        if fetched.is_list:
            raise FailedPrecondition(
                f"{fetched.reference.familiar_string} is a manifest list",
                hint="name the manifests of it by their digests, see "
                f"`nerdpy manifest inspect {fetched.reference.familiar_string}`",
            )
        return Entry(
            reference=str(fetched.reference),
            media_type=fetched.media_type,
            digest=fetched.manifest.descriptor.digest,
            platform=self._platform(fetched),
            data=fetched.manifest.data,
        )

    def entries(self, fetched: Fetched) -> list[Entry]:
        """All manifests of a list, with the platforms that the list says."""
        entries: list[Entry] = []
        for one in fetched.value.get("manifests") or ():
            if not isinstance(one, dict) or not is_digest(str(one.get("digest"))):
                raise InvalidArgument(f"the list {fetched.reference.familiar_string} is malformed")
            child = self.fetch(fetched.reference.with_digest(one["digest"]))
            entry = self.entry(child)
            entries.append(replace(entry, platform=one.get("platform") or entry.platform))
        return entries

    def _platform(self, fetched: Fetched) -> dict[str, Any]:
        config = fetched.value.get("config")
        if not isinstance(config, dict) or not is_digest(str(config.get("digest"))):
            return {}
        blob = Descriptor.from_json(config)
        connection = self.connection(fetched.reference.domain)
        data = fetch_blob(connection, fetched.reference.path, blob.digest, limit=LONGEST_CONFIG)
        try:
            return platform_of(json.loads(data))
        except (ValueError, AttributeError, TypeError, RecursionError):
            return {}  # not every manifest is of an image, and what is not has any config that it likes
