"""Run the real `nerdpy` as a user would, in another process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
NERDPY = (sys.executable, "-m", "nerdpy")
PATH = f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Result:
    """What one command said."""

    command: tuple[str, ...]
    code: int
    out: str
    err: str
    stdout: bytes = b""
    """`out` before decoding."""

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def line(self) -> str:
        """The only line of stdout."""
        assert len(self.lines) == 1, f"not one line: {self}"
        return self.lines[0]

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def all(self) -> str:
        """Everything, for golden files."""
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"

    def __str__(self) -> str:
        return f"nerdpy {' '.join(self.command)}\n{self.all}"


@dataclass
class Cli:
    """`cli("ps", "-a")` runs and returns whatever happens; `cli.ok(...)` insists on exit code 0."""

    environment: dict[str, str]
    folder: Path
    """The working directory of every command."""
    diary: list[Result] = field(default_factory=list)
    """Everything that was run: kept as an artifact when the test fails."""

    def __call__(
        self,
        *arguments: str | Path,
        stdin: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        cwd: Path | None = None,
    ) -> Result:
        process = self.start(
            *arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE, env=env, cwd=cwd
        )
        data = stdin.encode() if isinstance(stdin, str) else stdin
        try:
            out, err = process.communicate(data, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate()
            self._remember(arguments, -9, out, err)
            raise AssertionError(f"no end after {timeout} s: {self.diary[-1]}") from None
        return self._remember(arguments, process.returncode, out, err)

    def ok(
        self,
        *arguments: str | Path,
        stdin: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        cwd: Path | None = None,
    ) -> Result:
        """Run, and fail the test when the exit code is not 0."""
        result = self(*arguments, stdin=stdin, env=env, timeout=timeout, cwd=cwd)
        assert result.code == 0, str(result)
        return result

    def start(
        self,
        *arguments: str | Path,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start without waiting, for tests that kill, feed or watch a command."""
        return subprocess.Popen(
            [*NERDPY, *map(str, arguments)],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=self.environment | dict(env or {}),
            cwd=cwd or self.folder,
        )

    def with_env(self, **variables: str) -> "Cli":
        """The same with other variables, writing into the same diary."""
        return Cli(self.environment | variables, self.folder, self.diary)

    def _remember(self, arguments: tuple[str | Path, ...], code: int, out: bytes, err: bytes) -> Result:
        result = Result(
            tuple(map(str, arguments)),
            code,
            out.decode(errors="replace"),
            err.decode(errors="replace"),
            out,
        )
        self.diary.append(result)
        return result


def environment_of(address: str, namespace: str, home: Path) -> dict[str, str]:
    """What a nerdpy under test sees: nothing of the developer's own settings."""
    return {
        "PATH": PATH,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "NERDPY_ADDRESS": address,
        "NERDPY_NAMESPACE": namespace,
    }
