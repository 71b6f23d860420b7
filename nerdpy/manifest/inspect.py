"""Look at a manifest or a list: one that is being made here, or what a registry has."""

from typing import Any

from nerdpy.config import Config
from nerdpy.dataclass import dataclass
from nerdpy.errors import NotFound
from nerdpy.manifest.entry import Entry, list_json, parse_json
from nerdpy.manifest.fetch import Registries
from nerdpy.manifest.lists import Lists, parse_list_name
from nerdpy.model.reference import parse_reference


@dataclass(frozen=True)
class Inspected:
    """What was found: `value` is the list's or manifest's own JSON, `entries` what is said with --verbose."""

    value: dict[str, Any]
    entries: list[Entry]
    is_list: bool


def inspect(config: Config, text: str, *, is_insecure: bool = False, is_verbose: bool = False) -> Inspected:
    """A list of ours under this name comes first, then the registry's manifest or list.

    The manifests of a registry's list are fetched only if they are to be shown.
    """
    reference = parse_reference(text)
    local = None if reference.digest else Lists.of(config).find(reference)
    if local is not None:
        return Inspected(list_json(local), local, True)
    registries = Registries(config, is_insecure=is_insecure)
    fetched = registries.fetch(reference)
    if not fetched.is_list:
        return Inspected(fetched.value, [registries.entry(fetched)] if is_verbose else [], False)
    return Inspected(fetched.value, registries.entries(fetched) if is_verbose else [], True)


def inspect_member(config: Config, list_name: str, manifest: str) -> Inspected:
    """One manifest of a list of ours; NotFound."""
    name, wanted = parse_list_name(list_name), str(parse_reference(manifest))
    for entry in Lists.of(config).get(name):
        if entry.reference == wanted:
            return Inspected(parse_json(entry.data, manifest), [entry], False)
    raise NotFound(f"manifest for image {manifest} does not exist in {list_name}")
