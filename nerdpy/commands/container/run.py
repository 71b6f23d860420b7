"""`nerdpy run`: make a container and start it."""

import os
from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.commands.container.flags.cidfile import reserved_cidfile
from nerdpy.commands.container.flags.create import CreateFlags
from nerdpy.commands.container.flags.foreground import Foreground, RunFlags
from nerdpy.commands.docker_default import docker_default
from nerdpy.dataclass import replace

if TYPE_CHECKING:
    from nerdpy.container.run import Told
    from nerdpy.engine import Engine
    from nerdpy.model.options import CreateOptions


def command(
    context: Context,
    run: RunFlags,
    flags: CreateFlags,
    image: Annotated[str, Argument("IMAGE", complete="image")],
    words: Annotated[list[str], Argument("[COMMAND] [ARG...]")] = [],  # noqa: B006 - read only
) -> None:
    """Create and run a new container from an image"""
    options = flags.parse(Caller.of(context), image, words)
    if flags.tty and not (run.detach or run.detach_keys):
        run = replace(run, detach_keys=docker_default(context, "detachKeys"))
    foreground = run.parse_run(
        has_tty=flags.tty, keeps_stdin=flags.interactive, stdin_is_terminal=os.isatty(0)
    )
    with reserved_cidfile(options.identity.cidfile) as cidfile:
        engine = engine_of(context)
        nothing = frozenset() if flags.interactive else frozenset({"stdin"})
        if foreground.is_detached or foreground.streams <= nothing:
            _in_background(context, engine, options, cidfile.write)
        else:
            _in_foreground(context, engine, options, foreground, cidfile.write)


def _in_background(context: Context, engine: "Engine", options: "CreateOptions", told: "Told") -> None:
    from nerdpy.container.run import run

    options = replace(options, process=replace(options.process, ends_stdin=False))
    task = run(engine, options, told=told)
    context.close_progress()
    context.console.line(task.record.id)


def _in_foreground(
    context: Context, engine: "Engine", options: "CreateOptions", foreground: Foreground, told: "Told"
) -> None:
    from nerdpy.container.attach import follow, streams_of
    from nerdpy.container.run import run
    from nerdpy.container.session import Attachment, console_size

    if options.process.has_tty:
        options = replace(options, process=replace(options.process, console_size=console_size()))
    attachment = Attachment(
        has_tty=options.process.has_tty,
        forwards_stdin="stdin" in foreground.streams,
        shows_stdout="stdout" in foreground.streams,
        shows_stderr="stderr" in foreground.streams,
        detach_keys=foreground.detach_keys,
        proxies_signals=foreground.proxies_signals,
    )
    cleans_up = options.life.auto_remove
    task = run(engine, options, streams_of(attachment, cleans_up=cleans_up), told=told)
    context.close_progress()
    if not attachment.shows_output:  # -a stdin
        context.console.line(task.record.id)
    follow(engine, task, attachment, cleans_up=cleans_up)
