"""The flags and arguments of every built command as data: completion shall not import the command for them.

`hack/docs` writes `flag_index.json` from the declarations; a test compares the two.
"""

import json
import os
from typing import TYPE_CHECKING, Any

from nerdpy.cli.flags import Flag, Taken

if TYPE_CHECKING:
    from nerdpy.cli.declaration import Declaration

PATH = os.path.join(os.path.dirname(__file__), "flag_index.json")


class Indexed:
    """What completion knows of one command."""

    def __init__(self, flags: list[Flag], arguments: list[Taken]) -> None:
        self.flags = flags
        self.arguments = arguments


def indexed(path: str) -> Indexed:
    """The command at this canonical path; nothing if the index does not have it yet."""
    with open(PATH, encoding="utf-8") as file:
        rows = json.load(file).get(path, {})
    return Indexed(
        [_flag(*row) for row in rows.get("flags", [])], [_taken(*row) for row in rows.get("arguments", [])]
    )


def index_of(declaration: "Declaration") -> dict[str, list[list[Any]]]:
    """The rows of one command, for `flag_index.json`. Hidden flags are not offered, but their values are."""
    flags = [
        _row(" ".join(flag.names), flag.kind, f"{'!' * flag.hidden}{flag.help}", offer=flag)
        for flag in sorted(declaration.all_flags, key=lambda flag: flag.long)
    ]
    arguments = [_row(taken.usage, taken.is_list, offer=taken) for taken in declaration.arguments]
    return {"arguments": arguments, "flags": flags}


def _row(*start: str | bool, offer: Flag | Taken) -> list[Any]:
    """What is offered stands last, if anything is: a list of words, or the kind of things that exist."""
    offered = list(offer.choices) or offer.complete
    return [*start, offered] if offered else [*start]


def _flag(names: str, kind: str, help: str, offered: list[str] | str = "") -> Flag:
    return Flag(
        tuple(names.split()), kind, help.lstrip("!"), hidden=help.startswith("!"), **_offer_of(offered)
    )


def _taken(usage: str, is_list: bool, offered: list[str] | str = "") -> Taken:
    return Taken(usage, is_list=is_list, **_offer_of(offered))


def _offer_of(offered: list[str] | str) -> dict[str, Any]:
    return {"complete": offered} if isinstance(offered, str) else {"choices": tuple(offered)}
