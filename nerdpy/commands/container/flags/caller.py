"""What the flags depend on of the caller: folder, home, variables, files; and where warnings go."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, UsageError

if TYPE_CHECKING:
    from nerdpy.cli.context import Context
    from nerdpy.model.descriptor import Platform

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who typed the command line."""

    environ: Mapping[str, str]
    folder: str = ""
    """Where relative paths begin; empty: that folder is gone."""
    machine: str = "x86_64"
    """As `uname -m` says."""
    warn: Callable[[str], None] = lambda text: None

    @staticmethod
    def of(context: "Context") -> "Caller":
        """The process's own surroundings; warnings are told as events."""
        from nerdpy.engine import Warned

        return Caller(
            environ=context.environ,
            folder=_working_folder(),
            machine=os.uname().machine,
            warn=lambda text: context.notify(Warned(text)),
        )

    @property
    def home(self) -> str:
        """What `~` means; empty where nobody knows."""
        return self.environ.get("HOME", "")

    @property
    def platform(self) -> "Platform":
        """The machine's own."""
        from nerdpy.model.platform import default_platform

        return default_platform(self.machine)

    def read(self, path: str, what: str) -> bytes:
        """The content of a file that a flag names."""
        try:
            return (Path(self.folder) / path).read_bytes()
        except FileNotFoundError as error:
            raise UsageError(f'{what} "{path}" does not exist', hint="check the path") from error
        except IsADirectoryError as error:
            raise UsageError(f'{what} "{path}" is a directory', hint="give a file") from error
        except PermissionError as error:
            raise UsageError(f'{what} "{path}" cannot be read: permission denied') from error
        except (OSError, ValueError) as error:
            raise UsageError(f'{what} "{path}" cannot be read: {error}') from error


def parsed(flag: str, text: str, parse: Callable[[str], Value]) -> Value:
    """What `parse` makes of a flag's value; a complaint names the flag and the value, as docker's does, but
    no password in it (`--mount ...,volume-opt=o=password=...`)."""
    try:
        return parse(text)
    except InvalidArgument as error:
        from nerdpy.model.volume_options import without_secrets

        reason = without_secrets(error.message)
        raise UsageError(
            f'invalid argument "{without_secrets(text)}" for {flag}: {reason}', hint=error.hint
        ) from (error if reason == error.message else None)


def each(flag: str, texts: Iterable[str], parse: Callable[[str], Value]) -> tuple[Value, ...]:
    """The same for every value of a flag that repeats."""
    return tuple(parsed(flag, text, parse) for text in texts)


def _working_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""
