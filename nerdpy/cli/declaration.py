"""What a command file declares: a function whose parameters are flag groups and arguments.

    def command(context: Context, flags: StopFlags, containers: ContainerArguments) -> None:

The first parameter is the Context; a dataclass is a flag group; one annotated with `Argument` takes words.
"""

import inspect
import typing
from collections.abc import Callable
from typing import Any

from nerdpy.cli.flags import Argument, Flag, Taken, flags_of, is_group
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


def read_declaration(path: str, function: Callable[..., None]) -> Declaration:
    """Read the signature of `function`."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    groups = {one.name: hints[one.name] for one in parameters if is_group(hints[one.name])}
    return Declaration(
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
