"""What a command file declares: a function whose parameters are flag groups and arguments.

    def command(context: Context, flags: StopFlags, containers: ContainerArguments) -> None:

The first parameter is the Context; a dataclass is a flag group; one annotated with `Argument` takes words.
"""

import typing
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from nerdpy.cli.flags import Argument, Flag, Taken, flags_of, hints_of, is_group
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True)
class Declaration:
    """A command, its flags and its arguments, read once."""

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

    @property
    def counts(self) -> tuple[int, int | None]:
        """How many words it takes at least, and at most; None: any number."""
        at_least = sum(taken.is_required for taken in self.arguments)
        return at_least, None if any(taken.is_list for taken in self.arguments) else len(self.arguments)

    def call(self, context: Any, flags: Mapping[str, Mapping[str, Any]], words: Mapping[str, Any]) -> None:
        """Run it: parameter -> field -> value of the flags that were given, and argument -> words."""
        groups = {name: group(**flags[name]) for name, group in self.groups.items()}
        self.function(context, **groups, **words)


def read_declaration(path: str, function: Callable[..., None]) -> Declaration:
    """Read the signature of `function`. (From its code: `inspect` would take 5 ms of every command.)"""
    assert isinstance(function, FunctionType)
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    required = names[: len(names) - len(function.__defaults__ or ())]
    hints = hints_of(function)
    groups = {name: hints[name] for name in names if is_group(hints[name])}
    return Declaration(
        path=path,
        function=function,
        groups=groups,
        flags={name: flags_of(group) for name, group in groups.items()},
        arguments=tuple(_taken(name, hints[name], name in required) for name in names if name not in groups),
    )


def _taken(name: str, annotation: Any, is_required: bool) -> Taken:
    argument = next(extra for extra in annotation.__metadata__ if isinstance(extra, Argument))
    return Taken(
        name=name,
        usage=argument.usage,
        complete=argument.complete,
        choices=argument.choices,
        is_list=typing.get_origin(annotation.__origin__) in {list, tuple},
        is_required=is_required,
    )
