"""Help pages, as docker lays them out: the root's and the groups' from the tree alone."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nerdpy.cli.lazy import Found, group_of
from nerdpy.cli.tree import COMMON, GROUPS, HIDDEN_GROUPS, SUBGROUPS, TREE, Entry

if TYPE_CHECKING:
    from nerdpy.cli.declaration import Declaration
    from nerdpy.cli.flags import Flag
    from nerdpy.cli.planned import Planned

VALUES = {"bool": "", "str": "string", "list": "list", "int": "int", "float": "float"}
"""The word for a flag's value."""


def show(page: str) -> None:
    """Help goes to stdout, without the console: a page must not pay for what it doesn't use."""
    sys.stdout.write(page)


def built_page(found: Found, declaration: "Declaration") -> str:
    """`nerdpy run --help`."""
    text = declaration.function.__doc__ or found.entry.summary
    return command_page(found, declaration.usage, declaration.all_flags, text)


def root_page() -> str:
    """Commands in docker's three heaps, then the global flags."""
    from nerdpy.cli.settings import GLOBAL_FLAGS

    at_root = {name: entry for name, entry in _at_root() if not entry.hidden}
    groups = {name: summary for name, summary in GROUPS.items() if name not in HIDDEN_GROUPS}
    return "\n".join(
        [
            "Usage:  nerdpy [OPTIONS] COMMAND\n",
            "A docker-compatible command line for containerd\n",
            _commands("Common Commands", {name: at_root[name].summary for name in COMMON}),
            _commands("Management Commands", groups),
            _commands(
                "Commands", {name: entry.summary for name, entry in at_root.items() if name not in COMMON}
            ),
            options("Global Options", GLOBAL_FLAGS),
            "Run `nerdpy COMMAND --help` for more about a command.\n",
        ]
    )


def _at_root() -> Iterable[tuple[str, Entry]]:
    """Every name of one word, with its entry, in order."""
    names = {
        name: entry for path, entry in TREE.items() for name in (path, *entry.aliases) if " " not in name
    }
    return sorted((name, entry) for name, entry in names.items() if name != "remove")


def group_page(*words: str) -> str:
    """The commands of one group, and the groups in it."""
    group, typed = group_of(*words), " ".join(words)
    start = f"{group} "
    members = {path[len(start) :]: entry.summary for path, entry in TREE.items() if path.startswith(start)}
    members |= {path[len(start) :]: about for path, about in SUBGROUPS.items() if path.startswith(start)}
    members = {name: about for name, about in sorted(members.items()) if " " not in name}
    return "\n".join(
        [
            f"Usage:  nerdpy {typed} COMMAND\n",
            f"{GROUPS.get(group) or SUBGROUPS[group]}\n",
            _commands("Commands", members),
            f"Run `nerdpy {typed} COMMAND --help` for more about a command.\n",
        ]
    )


def planned_page(found: Found, planned: "Planned") -> str:
    """The page of a command that is not built: what it will take."""
    usage = f"nerdpy {found.typed} {'[OPTIONS] ' if planned.flags else ''}{planned.arguments}".rstrip()
    return command_page(found, usage, planned.flags, f"{found.entry.summary} (not built yet)")


def command_page(found: Found, usage: str, flags: Sequence["Flag"], text: str) -> str:
    """One command: usage, what it does, its other names, its options."""
    import inspect

    parts = [f"Usage:  {usage}\n", f"{inspect.cleandoc(text)}\n"]
    if found.entry.aliases:
        names = (found.path, *found.entry.aliases)
        parts.append("Aliases:\n  " + ", ".join(f"nerdpy {name}" for name in names) + "\n")
    if any(not flag.hidden for flag in flags):
        parts.append(options("Options", flags))
    return "\n".join(parts)


def _commands(title: str, members: dict[str, str]) -> str:
    width = max(len(name) for name in members)
    rows = (f"  {name:<{width}}  {summary}\n" for name, summary in members.items())
    return f"{title}:\n" + "".join(rows)


def options(title: str, flags: Iterable["Flag"]) -> str:
    """The options in two columns, sorted by name; hidden ones are left out."""
    shown = [(_names(flag), flag) for flag in sorted(flags, key=lambda flag: flag.long) if not flag.hidden]
    width = max(len(names) for names, _ in shown)
    return f"{title}:\n" + "".join(f"{names:<{width}}   {_said(flag)}\n" for names, flag in shown)


def _names(flag: "Flag") -> str:
    letter = f"{flag.short}, " if flag.short and flag.short != flag.long else "    "
    value = flag.metavar or VALUES[flag.kind]
    return f"  {letter}{flag.long} {value}".rstrip() if flag.takes_value else f"  {letter}{flag.long}"


def _said(flag: "Flag") -> str:
    """The help, with the choices and the default that are worth saying."""
    choices = f" ({', '.join(flag.choices)})" if flag.choices else ""
    default = flag.default
    shows = default not in (None, "", False, 0) and not isinstance(default, list | tuple)
    stated = f" (default {str(default).lower() if isinstance(default, bool) else default})" if shows else ""
    later = " (not built yet)" if flag.later else ""
    return f"{flag.help}{choices}{stated}{later}"
