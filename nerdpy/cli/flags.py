"""Flag groups: the options of one topic, declared as a small frozen dataclass that several commands may take.

    @dataclass(frozen=True, kw_only=True)
    class ResourceFlags:
        memory: Annotated[str | None, Option("--memory", "-m", help="Memory limit", metavar="bytes")] = None

`bool` makes a switch, a list repeats, everything else takes one value. A flag that was not given is not
passed, so the dataclass's own default stands.
"""

import types
import typing
from collections.abc import Sequence
from typing import Any

from nerdpy.cli.values import KINDS
from nerdpy.dataclass import dataclass, fields, is_dataclass
from nerdpy.errors import NotImplemented, UsageError


class Option:
    """One option: `Option("--memory", "-m", help="Memory limit")`. The first long name is the one in help.

    `metavar` is the word for the value in help (by its type if empty). `choices` are the only values.
    `complete` is a key of `cli/candidates.py`: `container`, `image`, `network`, `volume`, `file`, ...
    """

    def __init__(
        self,
        *names: str,
        help: str,
        metavar: str = "",
        choices: tuple[str, ...] = (),
        complete: str = "",
        hidden: bool = False,
    ) -> None:
        self.names = tuple(sorted(names, key=lambda name: not name.startswith("--")))
        self.help = help
        self.metavar = metavar
        self.choices = choices
        self.complete = complete
        self.hidden = hidden


@dataclass(frozen=True)
class Argument:
    """The words that are not options: `Argument("CONTAINER [CONTAINER...]", complete="container")`."""

    usage: str
    complete: str = ""
    choices: tuple[str, ...] = ()
    """What completion offers; the command itself refuses other words."""


@dataclass(frozen=True)
class Later:
    """Marks an option that is declared but not built: whoever gives it is told this sentence."""

    sentence: str


class NotBuilt(NotImplemented):
    """A flag or command that is declared, so that nobody finds it ignored."""


@dataclass(frozen=True)
class Flag:
    """An option as the parser, help, completion and `internal surface` see it."""

    names: tuple[str, ...]
    """`--publish`, `-p`: long ones first."""
    kind: str
    """A key of KINDS."""
    help: str
    field: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()
    complete: str = ""
    hidden: bool = False
    later: str = ""
    default: Any = None

    @property
    def takes_value(self) -> bool:
        return self.kind != "bool"

    @property
    def short(self) -> str:
        """The letter with its dash, or nothing."""
        return next((name for name in self.names if not name.startswith("--")), "")

    @property
    def long(self) -> str:
        """The long name by which help and errors call it; the letter where there is none."""
        return self.names[0]


@dataclass(frozen=True)
class Taken:
    """One argument of a command: which words it takes."""

    usage: str
    name: str = ""
    complete: str = ""
    choices: tuple[str, ...] = ()
    is_list: bool = False
    is_required: bool = False


def is_group(kind: Any) -> bool:
    """Is this annotation a group of flags?"""
    return isinstance(kind, type) and is_dataclass(kind)


def flags_of(group: Any) -> list[Flag]:
    """The flags of a group, in the order of its fields."""
    hints = {name: hint for one in reversed(group.__mro__) for name, hint in hints_of(one).items()}
    return [flag_of(field.name, hints[field.name], _default_of(field)) for field in fields(group)]


def hints_of(declared: Any) -> dict[str, Any]:
    """The annotations of a function, or a class's own.

    They are no text in the files of commands; `typing.get_type_hints` would go through every one for that.
    """
    hints: dict[str, Any] = getattr(declared, "__annotations__", {})
    return hints


def flag_of(field: str, annotation: Any, default: Any) -> Flag:
    """The flag that `Annotated[type, Option(...), Later(...)]` declares."""
    extras = annotation.__metadata__
    option = next(extra for extra in extras if isinstance(extra, Option))
    later = next((extra.sentence for extra in extras if isinstance(extra, Later)), "")
    return Flag(
        names=option.names,
        kind=kind_of(annotation.__origin__),
        help=option.help,
        field=field,
        metavar=option.metavar,
        choices=option.choices,
        complete=option.complete,
        hidden=option.hidden,
        later=later,
        default=default,
    )


def kind_of(annotation: Any) -> str:
    """`str | None` is text that may be absent; `list[str]` and `tuple[str, ...]` repeat."""
    kinds = [kind for kind in typing.get_args(annotation) or (annotation,) if kind is not types.NoneType]
    origin = typing.get_origin(annotation)
    if origin in {list, tuple} or typing.get_origin(kinds[0]) in {list, tuple}:
        return "list"
    if kinds[0].__name__ not in KINDS:
        raise TypeError(f"a flag cannot be a {kinds[0].__name__}")
    return str(kinds[0].__name__)


def _default_of(field: Any) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def value_of(flag: Flag, given: Sequence[str]) -> Any:
    """The value that the texts given for a flag mean: they make a list, or the last one counts."""
    values = [_read(flag, text) for text in given]
    return values if flag.kind == "list" else values[-1]


def _read(flag: Flag, text: str) -> Any:
    try:
        value = KINDS[flag.kind](text)
        if flag.choices and text not in flag.choices:
            raise ValueError(f"must be one of {', '.join(flag.choices)}")
    except ValueError as error:
        names = ", ".join(reversed(flag.names))
        raise UsageError(f'invalid argument "{text}" for {names}: {error}') from error
    if flag.later and value != flag.default:
        raise NotBuilt(f"{flag.long}: {flag.later}")
    return value
