"""A command: a function whose parameters are flag groups and arguments, called with what was typed.

    def command(context: Context, flags: StopFlags, containers: Containers) -> None:

The first parameter is the Context; a dataclass is a flag group; one annotated with `Argument` takes words.
"""

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nerdpy.cli.argv import Words
from nerdpy.cli.flags import Argument, Flag, NotBuilt, flags_of, is_group
from nerdpy.cli.values import KINDS
from nerdpy.errors import InvalidArgument, UsageError


@dataclass(frozen=True)
class Taken:
    """One argument of a command: which words it takes."""

    name: str
    usage: str
    complete: str
    choices: tuple[str, ...]
    is_list: bool
    is_required: bool


@dataclass(frozen=True)
class Command:
    """What a command file declares, read once."""

    path: str
    """As typed: `run`, `container run`."""
    function: Callable[..., None]
    groups: dict[str, Any] = field(default_factory=dict)
    """Parameter -> flag group."""
    flags: dict[str, list[Flag]] = field(default_factory=dict)
    """Parameter -> the flags of its group."""
    arguments: tuple[Taken, ...] = ()

    @property
    def all_flags(self) -> list[Flag]:
        return [flag for flags in self.flags.values() for flag in flags]

    @property
    def usage(self) -> str:
        """The line that help and complaints show."""
        words = ["nerdpy", self.path, "[OPTIONS]" if any(not flag.hidden for flag in self.all_flags) else ""]
        return " ".join(word for word in [*words, *(taken.usage for taken in self.arguments)] if word)


def read_command(path: str, function: Callable[..., None]) -> Command:
    """Read the signature of `function` into a Command."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    groups = {one.name: hints[one.name] for one in parameters if is_group(hints[one.name])}
    return Command(
        path=path,
        function=function,
        groups=groups,
        flags={name: flags_of(group) for name, group in groups.items()},
        arguments=tuple(_taken(one, hints[one.name]) for one in parameters if one.name not in groups),
    )


def _taken(parameter: inspect.Parameter, annotation: Any) -> Taken:
    argument = next(extra for extra in annotation.__metadata__ if isinstance(extra, Argument))
    return Taken(
        name=parameter.name,
        usage=argument.usage,
        complete=argument.complete,
        choices=argument.choices,
        is_list=typing.get_origin(annotation.__origin__) in {list, tuple},
        is_required=parameter.default is inspect.Parameter.empty,
    )


def call(command: Command, context: Any, words: Words) -> None:
    """Call the command's function with the options and words given; refuse what does not fit."""
    values = gather(words.given, {name: flag for flag in command.all_flags for name in flag.names})
    named = {
        parameter: group(**{flag.field: values[flag.field] for flag in flags if flag.field in values})
        for (parameter, group), flags in zip(command.groups.items(), command.flags.values(), strict=True)
    }
    command.function(context, **named, **_arguments(command, words.plain))


def gather(given: Sequence[tuple[str, str | None]], flags: dict[str, Flag]) -> dict[str, Any]:
    """Field -> value of the flags that were given; the last of a single one wins, a list grows."""
    values: dict[str, Any] = {}
    for name, text in given:
        flag = flags[name]
        value = convert(flag, text)
        if flag.later and value != flag.default:
            raise NotBuilt(f"{flag.long}: {flag.later}")
        if flag.kind == "list":
            values.setdefault(flag.field, []).append(value)
        else:
            values[flag.field] = value
    return values


def convert(flag: Flag, text: str | None) -> Any:
    """The value that `text` means for this flag."""
    if text is None:
        return True
    try:
        value = KINDS[flag.kind](text)
        if flag.choices and text not in flag.choices:
            raise ValueError(f"must be one of {', '.join(flag.choices)}")
    except ValueError as error:
        names = ", ".join(reversed(flag.names))
        raise UsageError(f'invalid argument "{text}" for {names}: {error}') from error
    return value


def _arguments(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """Hand out the plain words: one to each argument, and the rest to the one that is a list."""
    at_least = sum(taken.is_required for taken in command.arguments)
    at_most = None if any(taken.is_list for taken in command.arguments) else len(command.arguments)
    if len(words) < at_least or (at_most is not None and len(words) > at_most):
        raise wrong_count(command.path, command.usage, len(words), at_least, at_most)
    left = list(words)
    values: dict[str, Any] = {}
    for taken in command.arguments:
        if not left:
            break
        if taken.is_list:
            values[taken.name], left = left, []
        else:
            values[taken.name] = left.pop(0)
    return values


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
