"""Flags for what runs in the container: environment, user, terminal, the way it is stopped."""

from datetime import timedelta
from typing import Annotated, Literal

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.commands.container.flags.environment import parse_environment
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.container_path import clean
from nerdpy.model.options import ProcessOptions
from nerdpy.model.signals import parse_signal

SYSTEMD: tuple[Literal["false", "true", "always"], ...] = ("false", "true", "always")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProcessFlags:
    """What runs in it."""

    interactive: Annotated[
        bool,
        Option("--interactive", "-i", help="Keep the container's input open, even if nobody is attached"),
    ] = False
    tty: Annotated[bool, Option("--tty", "-t", help="Give the container a terminal")] = False
    env: Annotated[
        list[str],
        Option(
            "--env",
            "-e",
            help="Set an environment variable; a NAME alone takes your value",
            metavar="NAME[=VALUE]",
        ),
    ] = field(default_factory=list)
    env_file: Annotated[
        list[str],
        Option("--env-file", help="Read environment variables from a file", metavar="FILE", complete="file"),
    ] = field(default_factory=list)
    workdir: Annotated[
        str, Option("--workdir", "-w", help="Working directory inside the container", metavar="PATH")
    ] = ""
    user: Annotated[
        str, Option("--user", "-u", help="User to run as, and its group", metavar="NAME|UID[:GROUP|GID]")
    ] = ""
    group_add: Annotated[
        list[str], Option("--group-add", help="Add the user to one more group", metavar="GROUP|GID")
    ] = field(default_factory=list)
    entrypoint: Annotated[
        str | None,
        Option(
            "--entrypoint", help="Run this instead of the image's entrypoint; empty: run the command alone"
        ),
    ] = None
    umask: Annotated[str, Option("--umask", help="Umask of the process (default 0022)", metavar="OCTAL")] = ""
    init: Annotated[
        bool, Option("--init", help="Run a small init that passes signals on and reaps dead processes")
    ] = False
    init_binary: Annotated[
        str | None,
        Option("--init-binary", help="The init to use (default tini); implies --init", metavar="FILE"),
    ] = None
    systemd: Annotated[
        str,
        Option(
            "--systemd",
            help="Make it fit for systemd: false, true (when the command is an init) or always",
            metavar="MODE",
        ),
    ] = "false"
    stop_signal: Annotated[
        str,
        Option("--stop-signal", help="Signal that stops the container (default: the image's, or SIGTERM)"),
    ] = ""
    stop_timeout: Annotated[
        int | None,
        Option(
            "--stop-timeout",
            help="Seconds that `stop` waits before killing (-1: for ever)",
            metavar="SECONDS",
        ),
    ] = None

    def parse_process(self, caller: Caller, command: tuple[str, ...] = ()) -> ProcessOptions:
        """`command` is what stands behind the image."""
        if self.stop_signal:
            parsed("--stop-signal", self.stop_signal, parse_signal)
        return ProcessOptions(
            command=command,
            entrypoint=_entrypoint(self.entrypoint),
            environment=parse_environment(self.env, self.env_file, caller),
            workdir=parsed("--workdir", self.workdir, _parse_workdir) if self.workdir else "",
            user=self.user,
            group_add=each("--group-add", self.group_add, _parse_group),
            has_tty=self.tty,
            keeps_stdin=self.interactive,
            umask=parsed("--umask", self.umask, _parse_umask) if self.umask else None,
            stop_signal=self.stop_signal,
            stop_timeout=timedelta(seconds=self.stop_timeout) if self.stop_timeout is not None else None,
            systemd=_systemd(self.systemd),
            init=self.init or self.init_binary is not None,
            init_binary=self.init_binary or "",
        )


def _systemd(text: str) -> Literal["false", "true", "always"]:
    for mode in SYSTEMD:
        if text == mode:
            return mode
    raise UsageError(
        f'invalid argument "{text}" for --systemd: no such mode', hint="use false, true or always"
    )


def _entrypoint(given: str | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    return (given,) if given else ()


def _parse_workdir(text: str) -> str:
    if not text.startswith("/"):
        raise InvalidArgument("the working directory must be an absolute path", hint=f"write /{text}")
    return clean(text)


def _parse_group(text: str) -> str:
    if not text.strip():
        raise InvalidArgument("the group has no name", hint="give a name or a number")
    return text


def _parse_umask(text: str) -> int:
    if not text.isascii() or not text.isdigit() or set(text) & {"8", "9"} or int(text, 8) > 0o777:
        raise InvalidArgument("a umask is an octal number up to 0777", hint="write it as in 0022 or 077")
    return int(text, 8)
