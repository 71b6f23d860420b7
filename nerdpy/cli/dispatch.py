"""From words to one command: global flags, the command's own, help, and what is said of a mistyped word."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nerdpy.cli.lazy import Found, find, group_of, load
from nerdpy.cli.own_call import GROUP, run_own_call

if TYPE_CHECKING:
    from nerdpy.cli.context import Context
    from nerdpy.cli.declaration import Declaration

HELP = (["--help"], ["-h"], ["help"])
COMPLETE = ["internal", "complete", "--"]
"""How the completion scripts ask, at every press of Tab: answered without a parser."""


def dispatch(context: "Context", words: list[str]) -> None:
    """Run the command that `words` name, or show the help that they ask for."""
    if words[:3] == COMPLETE:
        from nerdpy.commands.internal.complete import command

        return command(context, list(words[3:]))
    if GROUP in words and run_own_call(context, words):
        return None
    return _show_or_run(context, words)


def _show_or_run(context: "Context", words: Sequence[str]) -> None:
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
    elif path and not group_of(*path):
        from nerdpy.cli.mistyped import unknown_command

        raise unknown_command(path)
    else:
        _show_pages(path)
    return None


def _show_pages(path: Sequence[str]) -> None:
    from nerdpy.cli import help

    if path:
        help.show(help.group_page(*path))
    else:
        help.show(help.root_page())


def _path_of(context: "Context", plain: list[str]) -> tuple[list[str], list[str]]:
    """The words that name a command, and those after them; a group's may have global flags in between."""
    path, rest = plain[:1], plain[1:]
    while path and group_of(*path):
        rest = _global_flags(context, rest, " ".join(path))
        if not rest:
            break
        path, rest = [*path, rest[0]], rest[1:]
    return path, rest


def _global_flags(context: "Context", words: Sequence[str], path: str) -> list[str]:
    """Take the global flags that stand before the next plain word."""
    if not words or not words[0].startswith("-"):
        return list(words)
    from nerdpy.cli.reading import read_globals
    from nerdpy.cli.settings import merged

    read = read_globals(words)
    if read is not None:
        context.flags = merged(context.flags, read[0])
        return read[1]
    from nerdpy.cli.command import global_command

    return list(global_command(path).read(context, words).args)


def run_found(context: "Context", found: Found, words: Sequence[str]) -> None:
    """Import the command, and call it with what `words` say."""
    context.path, context.fails_with = found.path, found.entry.fails_with
    if not found.entry.at:
        from nerdpy.cli.planned import answer

        return answer(found, words)
    declaration = load(found)
    if _read_and_called(context, declaration, words, options_first=found.entry.options_first):
        return None

    def page() -> str:
        from nerdpy.cli.help import built_page

        return built_page(found, declaration)

    if list(words) == ["--help"]:
        from nerdpy.cli.help import show

        return show(page())
    from nerdpy.cli.command import BuiltCommand

    return BuiltCommand(declaration, page, options_first=found.entry.options_first).run(context, words)


def _read_and_called(
    context: "Context", declaration: "Declaration", words: Sequence[str], *, options_first: bool
) -> bool:
    """Run a command whose words hold no riddle; False where they do."""
    from nerdpy.cli.reading import read_line
    from nerdpy.cli.settings import merged

    line = read_line(declaration, words, options_first=options_first)
    if line is None:
        return False
    context.flags = merged(context.flags, line.global_flags)
    declaration.call(context, line.flags, line.words)
    return True
