"""A command as typer runs it, made of its declaration and taught docker's spelling.

Only words with a fault, or that ask for help, import this file and with it typer; `reading.py` reads all
others. Values are read by `values.py`: typer would import pydantic for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nerdpy.cli.argv import UnknownFlag, fold
from nerdpy.cli.context import Context
from nerdpy.cli.declaration import Declaration
from nerdpy.cli.flags import Flag, Taken, value_of
from nerdpy.cli.mistyped import unknown_flag, wrong_count
from nerdpy.cli.settings import AFTER, GLOBAL_FLAGS, merged
from nerdpy.cli.typer_core import (
    BadOptionUsage,
    Exit,
    NoSuchOption,
    ParameterInfo,
    TypeDescriptor,
    TyperArgument,
    TyperCommand,
    TyperException,
    TyperOption,
)
from nerdpy.errors import UsageError

TEXT = TypeDescriptor(annotation=str, parameter_info=ParameterInfo(), file_annotation=None)
"""What typer is told of every value: it hands over the words as they are."""


class DockerOption(TyperOption):
    """One flag of a command; `group` is the parameter that it belongs to, or nothing for a global one."""

    def __init__(
        self, flag: Flag, group: str = "", names: Sequence[str] = (), *, asks_help: bool = False
    ) -> None:
        super().__init__(
            param_decls=[f"{group}__{flag.field}", *(names or flag.names)],
            type_descriptor=TEXT,
            multiple=True,
            hidden=flag.hidden,
            help=flag.help,
            is_eager=asks_help,
        )
        self.flag = flag
        self.group = group
        self.asks_help = asks_help

    def process_value(self, ctx: Any, value: Sequence[str] | None) -> Any:
        """Every value given is read, also those that a later one overrides. None: it was not given."""
        if value is None:
            return None
        meant = value_of(self.flag, value)
        if self.asks_help and meant:
            from nerdpy.cli.help import show

            show(ctx.get_help())
            ctx.exit()
        return meant


class DockerArgument(TyperArgument):
    """One argument; the count of all words is checked by the command, which knows how docker says it."""

    def __init__(self, taken: Taken, *, drops_dashes: bool) -> None:
        self.drops_dashes = drops_dashes
        super().__init__(
            param_decls=[taken.name],
            type_descriptor=TEXT,
            nargs=-1 if taken.is_list else 1,
            metavar=taken.usage,
        )

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Two dashes that end the options once more (`run IMAGE -- PROGRAM`) are tolerated."""
        if not isinstance(value, tuple):
            return value
        return list(value[1:] if self.drops_dashes and value[0] == "--" else value)


class DockerCommand(TyperCommand):
    """A typer command that accepts docker's spelling."""

    def __init__(self, path: str, params: Iterable[Any], *, options_first: bool) -> None:
        super().__init__(
            name=path,
            params=list(params),
            add_help_option=False,
            rich_markup_mode=None,
            context_settings={"allow_interspersed_args": not options_first, "allow_extra_args": True},
        )
        self.options = [param for param in self.params if isinstance(param, DockerOption)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        takes_value = {name: option.flag.takes_value for option in self.options for name in option.opts}
        return super().parse_args(ctx, fold(args, takes_value, options_first=not ctx.allow_interspersed_args))

    def values(self, ctx: Any, group: str) -> dict[str, Any]:
        """Field -> value of the options of one group that were given."""
        own = {option.flag.field: ctx.params[option.name] for option in self.options if option.group == group}
        return {field: value for field, value in own.items() if value is not None}

    def read(self, context: Context, words: Sequence[str]) -> Any:
        """typer's context of these words; its complaints are worded as everywhere in nerdpy."""
        try:
            parsed = self.make_context(self.name, list(words), obj=context)
        except UnknownFlag as error:
            raise self._unknown(error) from None
        except NoSuchOption as error:
            raise self._unknown(UnknownFlag(error.option_name)) from error
        except BadOptionUsage as error:
            raise UsageError(f"flag needs an argument: {error.option_name}") from error
        except TyperException as error:
            raise UsageError(error.format_message()) from error
        context.flags = merged(context.flags, self.values(parsed, ""))
        return parsed

    def _unknown(self, error: UnknownFlag) -> UsageError:
        return unknown_flag(error, [name for option in self.options for name in option.opts], self.name or "")


class BuiltCommand(DockerCommand):
    """A command of the tree: its own flags, the global ones that they leave, and its arguments."""

    def __init__(self, declaration: Declaration, page: Callable[[], str], *, options_first: bool) -> None:
        own = [DockerOption(flag, group) for group, flags in declaration.flags.items() for flag in flags]
        arguments = [
            DockerArgument(taken, drops_dashes=options_first and number == 1)
            for number, taken in enumerate(declaration.arguments)
        ]
        params = [*own, *_globals_beside(own), *arguments]
        super().__init__(declaration.path, params, options_first=options_first)
        self.declaration = declaration
        self.page = page

    def run(self, context: Context, words: Sequence[str]) -> None:
        """Call the command with these words, or show the help that they ask for.

        Not by typer's `main`: that one makes an exit code of Ctrl-C, and looks for completion.
        """
        try:
            self.invoke(self.read(context, words))
        except Exit:
            return

    def invoke(self, ctx: Any) -> None:
        declaration = self.declaration
        self._check_count(ctx)
        words = {taken.name: ctx.params[taken.name] for taken in declaration.arguments}
        given = {name: value for name, value in words.items() if value is not None}
        declaration.call(ctx.obj, {name: self.values(ctx, name) for name in declaration.groups}, given)

    def get_help(self, ctx: Any) -> str:
        """Laid out as docker does it, like the pages of groups and of what is not built."""
        return self.page()

    def _check_count(self, ctx: Any) -> None:
        """Refuse too few words and too many, as docker does."""
        arguments = self.declaration.arguments
        values = [ctx.params[taken.name] for taken in arguments]
        got = sum(len(value) if isinstance(value, list) else value is not None for value in values)
        at_least, at_most = self.declaration.counts
        if got < at_least or ctx.args:
            usage = self.declaration.usage
            raise wrong_count(self.declaration.path, usage, got + len(ctx.args), at_least, at_most)


def _globals_beside(own: Iterable[DockerOption]) -> list[DockerOption]:
    """The global flags that may stand after a command, by the names that its own flags leave them."""
    taken = {name for option in own for name in option.opts}
    left = (
        (flag, [name for name in flag.names if name in AFTER and name not in taken]) for flag in GLOBAL_FLAGS
    )
    return [DockerOption(flag, names=names, asks_help=flag.field == "help") for flag, names in left if names]


def global_command(path: str) -> DockerCommand:
    """What stands before a command: global flags alone."""
    return DockerCommand(path, [DockerOption(flag) for flag in GLOBAL_FLAGS], options_first=True)
