"""Flags for how the caller is connected with the container: attached or not, which streams, which keys."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import each, parsed
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.detach_keys import parse_detach_keys

STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True, kw_only=True)
class Foreground:
    """How the caller is connected."""

    is_detached: bool = False
    streams: frozenset[str] = frozenset()
    """Of STREAMS: what is attached; empty when detached."""
    detach_keys: bytes = b""
    proxies_signals: bool = True


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AttachFlags:
    """How the caller is connected; `create` takes these for docker's sake."""

    attach: Annotated[
        list[str], Option("--attach", "-a", help="Attach to STDIN, STDOUT or STDERR only", metavar="STREAM")
    ] = field(default_factory=list)
    sig_proxy: Annotated[
        bool, Option("--sig-proxy", help="Pass signals on to the container (default true; never with -t)")
    ] = True
    detach_keys: Annotated[
        str,
        Option(
            "--detach-keys",
            help="Keys that leave the container running (default ctrl-p,ctrl-q)",
            metavar="KEYS",
        ),
    ] = ""

    def parse_attach(self, *, has_tty: bool, keeps_stdin: bool, is_detached: bool = False) -> Foreground:
        """docker's rules: all output unless -a says which, input with -i, nothing with -d."""
        given = frozenset(each("--attach", self.attach, _parse_stream))
        if is_detached and given:
            raise UsageError(
                "conflicting options: cannot specify both --attach and --detach", hint="leave one of them out"
            )
        usual = frozenset({"stdout", "stderr"}) if not (given or is_detached) else frozenset()
        typed = frozenset({"stdin"}) if keeps_stdin and not is_detached else frozenset()
        return Foreground(
            is_detached=is_detached,
            streams=given | usual | typed,
            detach_keys=parsed("--detach-keys", self.detach_keys, parse_detach_keys),
            proxies_signals=self.sig_proxy and not has_tty,
        )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RunFlags(AttachFlags):
    """What only `run` has."""

    detach: Annotated[bool, Option("--detach", "-d", help="Run in the background, and print the id")] = False

    def parse_run(self, *, has_tty: bool, keeps_stdin: bool, stdin_is_terminal: bool) -> Foreground:
        """`stdin_is_terminal` is of the caller: -t with attached input needs it, as docker's does."""
        found = self.parse_attach(has_tty=has_tty, keeps_stdin=keeps_stdin, is_detached=self.detach)
        if has_tty and "stdin" in found.streams and not stdin_is_terminal:
            raise UsageError(
                "the input device is not a TTY",
                hint="leave out -t: input from a pipe or a file needs -i alone",
            )
        return found


def _parse_stream(text: str) -> str:
    if text.lower() not in STREAMS:
        raise InvalidArgument("valid streams are STDIN, STDOUT and STDERR")
    return text.lower()
