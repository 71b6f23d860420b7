"""From words to one command: global flags, the command's own, help, and what is said of a mistyped word."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.cli.lazy import Found, find, group_of, load
from nerdpy.cli.tree import GROUPS, TREE
from nerdpy.errors import InvalidArgument, NerdpyError, UsageError

if TYPE_CHECKING:
    from nerdpy.cli.argv import Words
    from nerdpy.cli.command import Command
    from nerdpy.cli.context import Context

HELP = (["--help"], ["-h"], ["help"])


def dispatch(context: "Context", words: Sequence[str]) -> None:
    """Run the command that `words` name, or show the help that they ask for."""
    from nerdpy.cli import help

    group = group_of(words[0]) if words else ""
    if not words or list(words) in HELP:
        help.show(help.root_page())
    elif group and (len(words) == 1 or words[1:] in HELP):
        help.show(help.group_page(words[0]))
    else:
        _with_flags(context, words)


def _with_flags(context: "Context", words: Sequence[str]) -> None:
    plain = _global_flags(context, words, "")
    if context.flags.get("version"):
        from nerdpy.cli.help import show
        from nerdpy.cli.version import version_line

        return show(version_line())
    asks_help = bool(plain) and plain[0] == "help"
    path, rest = _path_of(context, plain[1:] if asks_help else plain)
    asks_help = asks_help or bool(context.flags.get("help"))
    found = find(path) if path else None
    if found is not None:
        run_found(context, found, ["--help"] if asks_help else rest)
    elif len(path) == 2 or (path and not group_of(path[0])):
        raise unknown_command(path)
    else:
        _show_pages(path)
    return None


def _show_pages(path: Sequence[str]) -> None:
    from nerdpy.cli import help

    if path:
        help.show(help.group_page(path[0]))
    else:
        help.show(help.root_page())


def _path_of(context: "Context", plain: list[str]) -> tuple[list[str], list[str]]:
    """The words that name a command, and those after them; a group's may have global flags in between."""
    if not plain or not group_of(plain[0]):
        return plain[:1], plain[1:]
    after = _global_flags(context, plain[1:], plain[0])
    return [plain[0], *after[:1]], after[1:]


def _global_flags(context: "Context", words: Sequence[str], path: str) -> list[str]:
    """Take the global flags that stand before the next plain word."""
    from nerdpy.cli.argv import UnknownFlag, take_apart
    from nerdpy.cli.settings import GLOBAL

    takes = {name: flag.takes_value for name, flag in GLOBAL.items()}
    try:
        parts = take_apart(words, takes, options_first=True)
    except UnknownFlag as error:
        raise unknown_flag(error.message, error.name, takes, path) from error
    _remember(context, parts.given)
    return parts.plain


def _remember(context: "Context", given: Sequence[tuple[str, str | None]]) -> None:
    from nerdpy.cli.command import gather
    from nerdpy.cli.settings import GLOBAL

    context.given += given
    context.flags = gather(context.given, GLOBAL)


def run_found(context: "Context", found: Found, words: Sequence[str]) -> None:
    """Import the command, and call it with what `words` say."""
    context.path, context.fails_with = found.path, found.entry.fails_with
    if not found.entry.at:
        from nerdpy.cli.planned import answer

        return answer(found, words)
    command = load(found)
    parts = _take_apart(context, command, found, words)
    if parts is None:
        from nerdpy.cli.help import built_page, show

        return show(built_page(found, command))
    from nerdpy.cli.command import call

    return call(command, context, parts)


def _take_apart(context: "Context", command: "Command", found: Found, words: Sequence[str]) -> "Words | None":
    """The command's own options and words; global ones are remembered. None: help was asked for."""
    from nerdpy.cli.argv import UnknownFlag, take_apart
    from nerdpy.cli.settings import AFTER

    own = {name: flag for flag in command.all_flags for name in flag.names}
    takes = {name: flag.takes_value for name, flag in (AFTER | own).items()}
    try:
        parts = take_apart(words, takes, options_first=found.entry.options_first)
    except UnknownFlag as error:
        raise unknown_flag(error.message, error.name, takes, found.typed) from error
    _remember(context, [(name, value) for name, value in parts.given if name not in own])
    if context.flags.get("help"):
        return None
    parts.given = [(name, value) for name, value in parts.given if name in own]
    if found.entry.options_first and parts.plain[1:2] == ["--"]:
        del parts.plain[1]
    return parts


def unknown_flag(message: str, name: str, known: Mapping[str, Any], path: str) -> UsageError:
    """An option that is none, with those that look like it."""
    typed = f"nerdpy {path}".rstrip()
    names = [one[2:] for one in known if one.startswith("--") and len(one) > 3]
    near = _near([f"--{one}" for one in _like(name[2:], names)]) if name.startswith("--") else ""
    return UsageError(message, hint=f"{near}see `{typed} --help`")


def unknown_command(path: Sequence[str]) -> NerdpyError:
    """A command that is none (or one of docker's that is not there yet), with those that look like it."""
    from nerdpy.cli.lazy import names_in
    from nerdpy.cli.planned import not_yet

    word, group = path[-1], path[0] if len(path) > 1 else ""
    if refusal := not_yet(path):
        return refusal
    place = f"nerdpy {group}".rstrip()
    elsewhere = [f"nerdpy {one} {word}" for one in GROUPS if f"{one} {word}" in TREE]
    near = _near(elsewhere or _like(word, names_in(group_of(group))))
    return InvalidArgument(f'"{word}" is not a {place} command', hint=f"{near}see `{place} --help`")


def _like(word: str, names: Sequence[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, names, n=3, cutoff=0.6)


def _near(names: Sequence[str]) -> str:
    return f"did you mean {' or '.join(f'`{name}`' for name in names)}? " if names else ""
