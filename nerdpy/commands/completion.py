"""`nerdpy completion SHELL`: the script that makes Tab work."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.help import show
from nerdpy.cli.shells import SCRIPTS
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument


@dataclass(frozen=True, kw_only=True)
class CompletionFlags:
    """Descriptions help in zsh and fish; bash shows none."""

    no_descriptions: Annotated[
        bool, Option("--no-descriptions", help="Offer words without what they mean")
    ] = False


def command(
    context: Context,
    flags: CompletionFlags,
    shell: Annotated[str, Argument("bash|zsh|fish", choices=tuple(SCRIPTS))],
) -> None:
    """Print a completion script for your shell

    For bash: nerdpy completion bash > /etc/bash_completion.d/nerdpy
    For zsh: nerdpy completion zsh > "${fpath[1]}/_nerdpy"
    For fish: nerdpy completion fish > ~/.config/fish/completions/nerdpy.fish
    """
    if shell not in SCRIPTS:
        raise InvalidArgument(
            f'there is no completion for "{shell}"', hint=f"there is for {', '.join(SCRIPTS)}"
        )
    show(SCRIPTS[shell].replace("@WORDS_ONLY@", "1" if flags.no_descriptions else ""))
