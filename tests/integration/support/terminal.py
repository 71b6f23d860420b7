"""nerdpy on a real terminal: a pty, with keys, signals and a size."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect  # type: ignore[import-untyped]

from tests.integration.support.cli import Cli


class Terminal(pexpect.spawn):  # type: ignore[misc]  # pexpect has no types
    """`terminal.expect("text")`, `.send("keys")`, `.sendcontrol("c")`, `.setwinsize(rows, columns)`,
    `.finish() -> exit code`, `.screen` (all that was shown so far)."""

    def __init__(
        self, cli: Cli, arguments: tuple[str | Path, ...], env: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        super().__init__(
            sys.executable,
            ["-m", "nerdpy", *map(str, arguments)],
            env=cli.environment | {"TERM": "xterm-256color"} | dict(env),
            cwd=str(cli.folder),
            timeout=20,
            encoding="utf-8",
            dimensions=size,
        )
        self.shown: list[str] = []
        self.logfile_read = _Recorder(self.shown)

    @property
    def screen(self) -> str:
        return "".join(self.shown)

    def write_byte(self, code: int) -> None:
        """Type one byte, be it a whole character or not."""
        os.write(self.child_fd, bytes((code,)))

    def finish(self, seconds: float = 20) -> int:
        """Read to the end; the exit code, or minus the signal."""
        self.expect(pexpect.EOF, timeout=seconds)
        self.close()
        return -int(self.signalstatus) if self.signalstatus else int(self.exitstatus)


class _Recorder:
    """What pexpect wants of a log file."""

    def __init__(self, shown: list[str]) -> None:
        self._shown = shown

    def write(self, text: str) -> None:
        self._shown.append(text)

    def flush(self) -> None:
        """Nothing is buffered."""
