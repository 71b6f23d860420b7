"""Pure: docker's spelling of a command line, folded into the one that typer reads.

Docker lets a switch stand alone or with a value (`--rm`, `--rm=false`), and letters stand together, with the
last one's value or without (`-itp 80:80`, `-itp80:80`, `-it=false`). Folded, every switch has its value and
every letter is a word of its own, so that all options take one value.
"""

from collections.abc import Iterator, Mapping, Sequence

from nerdpy.errors import UsageError


class UnknownFlag(UsageError):
    """No such option; `name` is it, as typed."""

    def __init__(self, name: str, word: str = "") -> None:
        inside = f' in "{word}"' if word not in {"", name} else ""
        super().__init__(f"unknown flag: {name}{inside}")
        self.name = name


def fold(words: Sequence[str], takes_value: Mapping[str, bool], *, options_first: bool) -> list[str]:
    """The same command line with `--rm` as `--rm=true` and `-itd` as `-i true -t true -d true`.

    `takes_value` knows every name with its dashes; an unknown long one is left to typer. With
    `options_first`, everything from the first plain word on belongs to somebody else.
    """
    folded: list[str] = []
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and word != "--":
            is_bare_switch = takes_value.get(word) is False
            folded.append(f"{word}=true" if is_bare_switch else word)
            if takes_value.get(word):
                folded += _next(rest)
        elif word.startswith("-") and word not in {"-", "--"}:
            folded += _letters(word, rest, takes_value)
        else:
            folded.append(word)
            if options_first or word == "--":
                folded += rest
    return folded


def _letters(word: str, rest: Iterator[str], takes_value: Mapping[str, bool]) -> Iterator[str]:
    """`-it` is `-i -t`; `-p80:80`, `-p=80:80` and `-p 80:80` are the same; `-d=true` is a switch.

    A letter that is no option is refused here, where its word is still whole.
    """
    letters = word[1:]
    while letters:
        name, letters = f"-{letters[0]}", letters[1:]
        if name not in takes_value:
            raise UnknownFlag(name, word)
        yield name
        if letters.startswith("="):
            yield letters[1:]
            return
        if takes_value[name]:
            yield from [letters] if letters else _next(rest)
            return
        yield "true"


def _next(rest: Iterator[str]) -> list[str]:
    """The option's value if there is one; typer says it if there is none."""
    return [value] if (value := next(rest, None)) is not None else []
