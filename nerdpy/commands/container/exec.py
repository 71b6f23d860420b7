"""`nerdpy exec`: run a second process in a running container."""

import os
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.commands.container.flags.environment import parse_environment
from nerdpy.commands.docker_default import docker_default
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError
from nerdpy.model.detach_keys import parse_detach_keys


@dataclass(frozen=True, kw_only=True)
class ExecFlags:
    detach: Annotated[bool, Option("--detach", "-d", help="Leave the command running in the background")] = (
        False
    )
    detach_keys: Annotated[
        str,
        Option(
            "--detach-keys", help="Keys that detach from the command (default ctrl-p,ctrl-q)", metavar="keys"
        ),
    ] = ""
    env: Annotated[list[str], Option("--env", "-e", help="Set a variable (KEY=VALUE, or KEY from here)")] = (
        field(default_factory=list)
    )
    env_file: Annotated[
        list[str], Option("--env-file", help="Read variables from a file", complete="file")
    ] = field(default_factory=list)
    interactive: Annotated[bool, Option("--interactive", "-i", help="Keep stdin open")] = False
    privileged: Annotated[bool, Option("--privileged", help="Give the command every capability")] = False
    tty: Annotated[bool, Option("--tty", "-t", help="Give the command a terminal")] = False
    user: Annotated[str, Option("--user", "-u", help="User (NAME|UID[:GROUP|GID])")] = ""
    workdir: Annotated[str, Option("--workdir", "-w", help="Working directory inside the container")] = ""


def command(
    context: Context,
    flags: ExecFlags,
    container: ContainerArgument,
    words: Annotated[list[str], Argument("COMMAND [ARG...]")],
) -> None:
    """Execute a command in a running container"""
    from nerdpy.container.exec import exec_in
    from nerdpy.container.find import find
    from nerdpy.container.session import Attachment, console_size
    from nerdpy.spec.exec import ExecOptions

    if words[:1] == ["--"]:
        words = words[1:]
    if flags.interactive and flags.tty and not flags.detach and not os.isatty(0):
        raise UsageError(
            "the input device is not a terminal", hint="leave -t out where stdin is a pipe or a file"
        )
    options = ExecOptions(
        command=tuple(words),
        environment=parse_environment(flags.env, flags.env_file, Caller.of(context)),
        workdir=flags.workdir,
        user=flags.user,
        has_tty=flags.tty,
        keeps_stdin=flags.interactive,
        is_detached=flags.detach,
        privileged=flags.privileged,
        console_size=console_size() if flags.tty else None,
    )
    keys = flags.detach_keys or (docker_default(context, "detachKeys") if flags.tty else "")
    attachment = Attachment(
        has_tty=flags.tty,
        forwards_stdin=flags.interactive,
        shows_stderr=not flags.tty,
        detach_keys=parse_detach_keys(keys),
    )
    engine = engine_of(context)
    record = find(engine, container)
    context.close_progress()
    exec_in(engine, record, options, attachment)
