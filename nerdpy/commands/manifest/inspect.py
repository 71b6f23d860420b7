"""`nerdpy manifest inspect`: a local list, or what a registry has."""

import json
from typing import TYPE_CHECKING, Annotated, Any

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError

if TYPE_CHECKING:
    from nerdpy.manifest.inspect import Inspected


@dataclass(frozen=True, kw_only=True)
class InspectFlags:
    insecure: Annotated[bool, Option("--insecure", help="Accept registries without valid TLS")] = False
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show layers and platforms, too")] = False


def command(
    context: Context,
    flags: InspectFlags,
    names: Annotated[list[str], Argument("[MANIFEST_LIST] MANIFEST", complete="manifest")],
) -> None:
    """Show an image's manifest, or a manifest list"""
    from nerdpy.manifest.inspect import inspect, inspect_member

    if len(names) > 2:
        raise UsageError(f"`nerdpy manifest inspect` takes one or two names, not {len(names)}")
    if len(names) == 2:
        found = inspect_member(context.config, *names)
    else:
        found = inspect(context.config, names[0], is_insecure=flags.insecure, is_verbose=flags.verbose)
    context.console.line(_verbose(found) if flags.verbose else _plain(found))


def _plain(found: "Inspected") -> str:
    """Indented as docker does: lists by three blanks, manifests by tabs."""
    return _text(found.value, 3 if found.is_list else "\t")


def _verbose(found: "Inspected") -> str:
    from nerdpy.dockercompat.manifest import verbose_json

    shown = [
        verbose_json(reference=entry.reference, descriptor=entry.descriptor, data=entry.data)
        for entry in found.entries
    ]
    return _text(shown if found.is_list else shown[0], "\t")


def _text(value: Any, indent: int | str) -> str:
    """Everything beyond ASCII is escaped: it comes from strangers, and a terminal obeys."""
    return json.dumps(value, indent=indent)
