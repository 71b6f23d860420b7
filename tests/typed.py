"""What a user types behind `nerdpy run`, as the CreateOptions that come of it; the engine is never asked."""

from dataclasses import dataclass
from typing import Annotated, Any

from nerdpy.cli.command import BuiltCommand
from nerdpy.cli.context import Context
from nerdpy.cli.declaration import read_declaration
from nerdpy.cli.flags import Argument
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.commands.container.flags.create import CreateFlags
from nerdpy.commands.container.flags.foreground import Foreground, RunFlags
from nerdpy.model.options import CreateOptions


@dataclass
class Typed:
    """One command line, understood."""

    options: CreateOptions
    foreground: Foreground
    warnings: list[str]


def typed(*words: str, image: str = "img", stdin_is_terminal: bool = True, **caller: Any) -> Typed:
    """Parse `words` and then `image`, unless it is among the words already."""
    found: list[Typed] = []
    warnings: list[str] = []
    surroundings = Caller(**{"environ": {}, "folder": "/here", "warn": warnings.append, **caller})

    def run(
        context: Context,
        flags: CreateFlags,
        foreground: RunFlags,
        name: Annotated[str, Argument("IMAGE")],
        command: Annotated[list[str], Argument("[COMMAND] [ARG...]")] = [],  # noqa: B006  # never changed
    ) -> None:
        """Run something"""
        options = flags.parse(surroundings, name, command)
        attached = foreground.parse_run(
            has_tty=flags.tty, keeps_stdin=flags.interactive, stdin_is_terminal=stdin_is_terminal
        )
        found.append(Typed(options, attached, warnings))

    line = [*words] if image in words else [*words, image]
    BuiltCommand(read_declaration("run", run), str, options_first=True).run(Context({}), line)
    return found[0]
