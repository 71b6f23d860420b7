"""A command line that is as it should be, read at once; of any other, typer says what is wrong with it.

Nearly all are. For them alone, importing typer and making an option for each of `run`'s 130 flags would take
a fifth of the time before the first question to containerd. `argv.fold` has given every switch its value and
every letter a word of its own; what remains is to tell names, values and plain words from each other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy.cli.argv import UnknownFlag, fold
from nerdpy.cli.declaration import Declaration
from nerdpy.cli.flags import Flag, value_of
from nerdpy.cli.settings import AFTER, GLOBAL_FLAGS
from nerdpy.dataclass import dataclass

GLOBALLY = ""
"""The group of the global flags."""
_Key = tuple[str, str]
"""A group and a field in it."""
_Known = dict[str, tuple[_Key, Flag]]
"""A flag's name with its dashes -> what it sets."""


@dataclass(frozen=True)
class Line:
    """What a command line says."""

    flags: dict[str, dict[str, Any]]
    """Group -> field -> value, of the flags that were given."""
    words: dict[str, Any]
    """Argument -> the word, or the words, that were given."""

    @property
    def global_flags(self) -> dict[str, Any]:
        return self.flags[GLOBALLY]


def read_line(declaration: Declaration, words: Sequence[str], *, options_first: bool) -> Line | None:
    """What the words after a command say; None where typer must look at them: for their faults, or for help.

    A value that its flag refuses is a UsageError, as from typer.
    """
    known = _known(declaration)
    read = _taken_apart(known, words, options_first=options_first)
    if read is None or (GLOBALLY, "help") in read[0]:
        return None
    given, plain = read
    if not _fits(declaration, len(plain)):
        return None
    flags: dict[str, dict[str, Any]] = {GLOBALLY: {}, **{name: {} for name in declaration.groups}}
    for (group, field), (flag, texts) in given.items():
        flags[group][field] = value_of(flag, texts)
    return Line(flags, _arguments(declaration, plain, drops_dashes=options_first))


def read_globals(words: Sequence[str]) -> tuple[dict[str, Any], list[str]] | None:
    """Global flags that stand before a command, by their fields, and the words from it on; None as above."""
    known: _Known = {name: ((GLOBALLY, flag.field), flag) for flag in GLOBAL_FLAGS for name in flag.names}
    read = _taken_apart(known, words, options_first=True)
    if read is None:
        return None
    given, plain = read
    return {field: value_of(flag, texts) for (_, field), (flag, texts) in given.items()}, plain


def _known(declaration: Declaration) -> _Known:
    """Its own flags, and the global ones by the names that these leave them."""
    known: _Known = {name: ((GLOBALLY, flag.field), flag) for name, flag in AFTER.items()}
    for group, flags in declaration.flags.items():
        known |= {name: ((group, flag.field), flag) for flag in flags for name in flag.names}
    return known


def _taken_apart(
    known: Mapping[str, tuple[_Key, Flag]], words: Sequence[str], *, options_first: bool
) -> tuple[dict[_Key, tuple[Flag, list[str]]], list[str]] | None:
    """The texts given for each flag, in the order of first use, and the plain words."""
    takes_value = {name: flag.takes_value for name, (_, flag) in known.items()}
    try:
        rest = iter(fold(words, takes_value, options_first=options_first))
    except UnknownFlag:
        return None
    given: dict[_Key, tuple[Flag, list[str]]] = {}
    plain: list[str] = []
    for word in rest:
        if word == "--":
            plain += rest
        elif word.startswith("-") and word != "-":
            name, has_value, text = word.partition("=")
            value = text if has_value else next(rest, None)
            if name not in known or value is None:
                return None
            key, flag = known[name]
            given.setdefault(key, (flag, []))[1].append(value)
        else:
            plain += [word, *rest] if options_first else [word]
    return given, plain


def _fits(declaration: Declaration, count: int) -> bool:
    at_least, at_most = declaration.counts
    only_the_last_is_a_list = not any(taken.is_list for taken in declaration.arguments[:-1])
    return only_the_last_is_a_list and count >= at_least and (at_most is None or count <= at_most)


def _arguments(declaration: Declaration, plain: Sequence[str], *, drops_dashes: bool) -> dict[str, Any]:
    """Two dashes that end the options once more (`run IMAGE -- PROGRAM`) are tolerated."""
    words: dict[str, Any] = {}
    for number, taken in enumerate(declaration.arguments[: len(plain)]):
        words[taken.name] = list(plain[number:]) if taken.is_list else plain[number]
        if taken.is_list and drops_dashes and number == 1 and plain[1] == "--":
            del words[taken.name][0]
    return words
