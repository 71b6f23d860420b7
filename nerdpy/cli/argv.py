"""Pure: docker's spelling of a command line, taken apart.

`--name value`, `--name=value`, `--rm=false`, `-itp 80:80`, `-p8080:80`, `-d=true`; `--` ends the
options, and for some commands so does the first word that is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nerdpy.errors import UsageError


class UnknownFlag(UsageError):
    """No such option; `name` is it, as typed."""

    def __init__(self, name: str, word: str) -> None:
        inside = "" if name == word or name.startswith("--") else f' in "{word}"'
        super().__init__(f"unknown flag: {name}{inside}")
        self.name = name


@dataclass
class Words:
    """A command line taken apart."""

    given: list[tuple[str, str | None]] = field(default_factory=list)
    """Options in order: name with its dashes, and the value; None where a switch stood alone."""
    plain: list[str] = field(default_factory=list)
    """The other words."""


def take_apart(words: Sequence[str], takes_value: Mapping[str, bool], *, options_first: bool) -> Words:
    """Tell options from words. `takes_value` knows every name with its dashes.

    With `options_first`, everything from the first plain word on belongs to somebody else.
    """
    parts = Words()
    rest = iter(words)
    for word in rest:
        if word == "--":
            parts.plain += rest
        elif word.startswith("--"):
            parts.given.append(_long(word, rest, takes_value))
        elif word.startswith("-") and word != "-":
            parts.given += _letters(word, rest, takes_value)
        else:
            parts.plain.append(word)
            if options_first:
                parts.plain += rest
    return parts


def _long(word: str, rest: Iterator[str], takes_value: Mapping[str, bool]) -> tuple[str, str | None]:
    name, equals, value = word.partition("=")
    if name not in takes_value:
        raise UnknownFlag(name, word)
    if equals:
        return name, value
    return name, _next(name, rest) if takes_value[name] else None


def _letters(
    word: str, rest: Iterator[str], takes_value: Mapping[str, bool]
) -> Iterator[tuple[str, str | None]]:
    """`-it` is `-i -t`; `-p80:80`, `-p=80:80` and `-p 80:80` are the same; `-d=true` is a switch."""
    letters = word[1:]
    while letters:
        name, letters = f"-{letters[0]}", letters[1:]
        if name not in takes_value:
            raise UnknownFlag(name, word)
        if letters.startswith("="):
            yield name, letters[1:]
            return
        if takes_value[name]:
            yield name, letters or _next(name, rest)
            return
        yield name, None


def _next(name: str, rest: Iterator[str]) -> str:
    for value in rest:
        return value
    raise UsageError(f"flag needs an argument: {name}")
