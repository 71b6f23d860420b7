"""Make a list of images that registries have."""

from collections.abc import Sequence

from nerdpy.config import Config
from nerdpy.errors import AlreadyExists
from nerdpy.manifest.entry import Entry
from nerdpy.manifest.fetch import Registries
from nerdpy.manifest.lists import Lists, parse_list_name
from nerdpy.model.reference import Reference, parse_reference


def create(
    config: Config, text: str, manifests: Sequence[str], *, amends: bool = False, is_insecure: bool = False
) -> Reference:
    """Keep a new list, or add to the one that is there if it may be amended; its full name.

    Every manifest is fetched first, so nothing is kept when one of them is not there, or is itself a list.
    """
    name = parse_list_name(text)
    references = [parse_reference(manifest) for manifest in manifests]
    lists = Lists.of(config)
    _refuse_existing(lists, name, amends)
    registries = Registries(config, is_insecure=is_insecure)
    new = [registries.entry(registries.fetch(reference)) for reference in references]
    with lists.changing():
        _refuse_existing(lists, name, amends)
        lists.save(name, joined(lists.find(name) or [], new))
    return name


def joined(old: Sequence[Entry], new: Sequence[Entry]) -> list[Entry]:
    """One entry for each reference, in the order of their coming. An image that is the same as before keeps
    what was annotated."""
    entries = {entry.reference: entry for entry in old}
    for entry in new:
        before = entries.get(entry.reference)
        if before is None or before.digest != entry.digest:
            entries[entry.reference] = entry
    return list(entries.values())


def _refuse_existing(lists: Lists, name: Reference, amends: bool) -> None:
    if not amends and lists.find(name) is not None:
        raise AlreadyExists(
            "refusing to amend an existing manifest list with no --amend flag",
            hint=f"use --amend, or `nerdpy manifest rm {name.familiar_string}` first",
        )
