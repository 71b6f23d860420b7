"""Every command and flag as data: what `internal surface` prints and what the reference pages are made of."""

from collections.abc import Iterable
from typing import Any

from nerdpy.cli.flags import Flag
from nerdpy.cli.lazy import Found, load
from nerdpy.cli.planned import planned
from nerdpy.cli.settings import GLOBAL_FLAGS
from nerdpy.cli.tree import GROUPS, SUBGROUPS, TREE

Surface = dict[str, dict[str, Any]]


def surface() -> Surface:
    """Canonical path -> its flags; the global ones stand under the empty path. Imports every command."""
    groups: Surface = {group: {"flags": {}} for group in (*GROUPS, *SUBGROUPS)}
    commands = {path: {"flags": _described(*flags_at(path))} for path in TREE}
    for command in commands.values():
        letter = None if any(flag["short"] == "h" for flag in command["flags"].values()) else "h"
        command["flags"]["help"] = {"short": letter, "takes_value": False, "unsupported": None}
    return {"": {"flags": _described(GLOBAL_FLAGS)}, "help": {"flags": {}}, **groups, **commands}


def flags_at(path: str) -> tuple[list[Flag], str]:
    """The flags of a command, and the sentence that refuses it if it is not built."""
    found = Found(path, path)
    if not found.entry.at:
        command = planned(path)
        return command.flags, command.sentence
    return load(found).all_flags, ""


def _described(flags: Iterable[Flag], refusal: str = "") -> dict[str, dict[str, Any]]:
    described = {}
    for flag in flags:
        letters = [name[1:] for name in flag.names if not name.startswith("--")]
        for name in (name[2:] for name in flag.names if name.startswith("--")):
            described[name] = {
                "short": name if name in letters else next(iter(letters), None),
                "takes_value": flag.takes_value,
                "unsupported": refusal or flag.later or None,
            }
    return described
