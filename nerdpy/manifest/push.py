"""Push a list: what it names must be in its own repository, so it is brought there first."""

import json
from collections.abc import Sequence

from nerdpy.config import Config
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.manifest.entry import Entry, checked_for_push, list_json, list_type
from nerdpy.manifest.fetch import Registries
from nerdpy.manifest.lists import Lists, parse_list_name
from nerdpy.model.descriptor import Digest
from nerdpy.model.reference import Reference, parse_reference
from nerdpy.registry.connection import Connection
from nerdpy.registry.upload import has_manifest, put_manifest, share_blob


@dataclass(frozen=True)
class Pushed:
    """The list's digest, and the manifests that came from other repositories, as they are called now."""

    digest: Digest
    brought: tuple[Reference, ...]


def push(config: Config, text: str, *, is_insecure: bool = False, purges: bool = False) -> Pushed:
    """Push the list under its own name. With `purges` it is not kept here any longer.

    Nothing is pushed when an image is on another registry, or has no platform.
    """
    name = parse_list_name(text)
    lists = Lists.of(config)
    entries = [checked_for_push(entry) for entry in lists.get(name)]
    foreign = _of_other_repositories(name, entries)
    connection = Registries(config, is_insecure=is_insecure).connection(name.domain)
    brought = tuple(name.with_digest(entry.digest) for entry in foreign if _bring(connection, name, entry))
    data = json.dumps(list_json(entries), indent=3).encode()
    digest = put_manifest(connection, name.path, name.tag, data, list_type(entries))
    if purges:
        with lists.changing():
            lists.remove(name)
    return Pushed(digest, brought)


def _of_other_repositories(name: Reference, entries: Sequence[Entry]) -> list[Entry]:
    foreign: list[Entry] = []
    for entry in entries:
        reference = parse_reference(entry.reference)
        if reference.domain != name.domain:
            raise InvalidArgument(
                "cannot use source images from a different registry than the target image: "
                f"{reference.domain} != {name.domain}",
                hint=f"push {reference.familiar_string} to {name.domain} first",
            )
        if reference.path != name.path:
            foreign.append(entry)
    return foreign


def _bring(connection: Connection, name: Reference, entry: Entry) -> bool:
    """Blobs first, for a registry refuses a manifest whose blobs it lacks. Was there anything to bring?"""
    if has_manifest(connection, name.path, entry.digest):
        return False
    for blob in entry.blobs:
        share_blob(connection, name.path, blob, origin=parse_reference(entry.reference).path)
    put_manifest(connection, name.path, entry.digest, entry.data, entry.media_type)
    return True
