"""What is said of a word that nothing is called by, or of too many words: the complaint, and the way out."""

from collections.abc import Iterable, Sequence

from nerdpy.cli.argv import UnknownFlag
from nerdpy.cli.lazy import group_of, names_in
from nerdpy.cli.tree import GROUPS, TREE
from nerdpy.errors import InvalidArgument, NerdpyError, UsageError


def unknown_flag(unknown: UnknownFlag, known: Iterable[str], path: str) -> UsageError:
    """An option that is none, with those that look like it."""
    typed = f"nerdpy {path}".rstrip()
    names = [one[2:] for one in known if one.startswith("--") and len(one) > 3]
    name = unknown.name
    near = _near([f"--{one}" for one in _like(name[2:], names)]) if name.startswith("--") else ""
    return UsageError(unknown.message, hint=f"{near}see `{typed} --help`")


def unknown_command(path: Sequence[str]) -> NerdpyError:
    """A command that is none (or one of docker's that is not there yet), with those that look like it."""
    from nerdpy.cli.planned import not_yet

    word, group = path[-1], " ".join(path[:-1])
    if refusal := not_yet(path):
        return refusal
    place = f"nerdpy {group}".rstrip()
    elsewhere = [f"nerdpy {one} {word}" for one in GROUPS if f"{one} {word}" in TREE]
    near = _near(elsewhere or _like(word, names_in(group_of(group) if group else "")))
    return InvalidArgument(f'"{word}" is not a {place} command', hint=f"{near}see `{place} --help`")


def _like(word: str, names: Sequence[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, names, n=3, cutoff=0.6)


def _near(names: Sequence[str]) -> str:
    return f"did you mean {' or '.join(f'`{name}`' for name in names)}? " if names else ""


def wrong_count(path: str, usage: str, got: int, at_least: int, at_most: int | None) -> InvalidArgument:
    """Too few words or too many: docker exits 1 for it."""
    if at_most == 0:
        wanted = "takes no arguments"
    elif at_least == at_most:
        wanted = f"needs exactly {_count(at_least)}"
    elif got < at_least:
        wanted = f"needs at least {_count(at_least)}"
    else:
        wanted = f"takes at most {_count(at_most or 0)}"
    return InvalidArgument(
        f'"nerdpy {path}" {wanted}, got {got}', hint=f"usage: {usage}\nsee `nerdpy {path} --help`"
    )


def _count(number: int) -> str:
    return f"{number} argument" if number == 1 else f"{number} arguments"
