"""What every command gets first: the settings, the console, and the engine when it asks for one."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nerdpy.config import Config
    from nerdpy.engine import Engine, Event
    from nerdpy.output.console import Console
    from nerdpy.output.progress import Progress

UNSAID = {"warn": {"Note"}, "error": {"Note", "Warned"}, "fatal": {"Note", "Warned"}}
"""--log-level -> the events that are not worth saying then."""


class Context:
    """One call of nerdpy. Nothing is opened before it is asked for."""

    def __init__(self, environ: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> None:
        self.environ = environ
        self.flags: dict[str, Any] = dict(flags or {})
        """The global flags that were given."""
        self.path = ""
        """The command's canonical path, such as `container run`."""
        self.fails_with = 1
        """The exit code of an error that has none of its own: 125 in `run` and `create`."""
        self._progress: Progress | None = None
        self._display: dict[str, bool] = {}

    @cached_property
    def config(self) -> "Config":
        from nerdpy.cli.settings import settings_of

        return settings_of(self.flags, self.environ)

    @cached_property
    def console(self) -> "Console":
        from nerdpy.output.console import Console

        return Console.of_process(self.environ, is_debug=self.is_debug)

    @property
    def is_debug(self) -> bool:
        """Do the flags ask to say more?"""
        level = self.flags.get("log_level")
        return bool(self.flags.get("debug") or self.flags.get("debug_full") or level in {"debug", "trace"})

    def notify(self, event: "Event") -> None:
        """Show what a verb tells while it goes on; the display is opened by the first event."""
        if type(event).__name__ in UNSAID.get(self.flags.get("log_level", ""), ()):
            return
        if self._progress is None:
            from nerdpy.output.progress import Progress

            self._progress = Progress(self.console, **self._display)
            self._progress.__enter__()
        self._progress(event)

    def show_progress(self, *, is_quiet: bool = False, to_stdout: bool = False) -> None:
        """Choose how progress is shown, before the engine is asked for anything."""
        self._display = {"is_quiet": is_quiet, "to_stdout": to_stdout}

    def close_progress(self) -> None:
        """Take the display down: before a container gets the terminal, and at the end."""
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.__exit__(None, None, None)


def engine_of(context: Context) -> "Engine":
    """The engine to work with: started if it must be, and swept of what dead commands left behind."""
    from nerdpy.container.due import is_sweep_due

    engine = engine_as_it_is(context)
    if is_sweep_due(engine):
        from nerdpy.container.sweep import sweep  # brings networks and volumes along

        sweep(engine)
    return engine


def engine_as_it_is(context: Context) -> "Engine":
    """The engine, started if it must be, with what dead commands left behind."""
    from nerdpy.config import Config
    from nerdpy.engine import Engine
    from nerdpy.system.private import ensure_running

    engine = Engine(ensure_running(context.config, context.notify), context.notify)
    if engine.config.snapshotter != Config.snapshotter and not context.path.startswith("internal "):
        from nerdpy.image.snapshotter import check_snapshotter

        check_snapshotter(engine)
    return engine
