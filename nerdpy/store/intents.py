"""Intents: what a command is about to do is written down first and struck out when it is done.

An intent whose process is gone is finished or undone by the next command (`container/sweep.py`). The
process is known
by pid and start time, for a pid alone may be somebody else's by then.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nerdpy.linux import process
from nerdpy.paths import StorePaths


@dataclass(frozen=True)
class Intent:
    """One operation under way on one container."""

    path: Path
    operation: str
    """`create`, `start`, `remove` or `release`: what the sweeper makes of each stands in
    `container/sweep.py`."""
    namespace: str
    container_id: str
    pid: int
    start_time: int
    facts: dict[str, Any]

    def add(self, **facts: Any) -> None:
        """Write down more of what is about to be taken."""
        self.facts.update(facts)
        _write_whole(self.path, _text(self))

    def done(self) -> None:
        """Strike it out."""
        self.path.unlink(missing_ok=True)

    @property
    def is_orphaned(self) -> bool:
        """Is the process gone that wrote it?"""
        return not process.is_alive(self.pid, self.start_time)


@dataclass(frozen=True)
class Intents:
    """The intents of one store, of all its namespaces."""

    paths: StorePaths

    def begin(self, operation: str, container_id: str, **facts: Any) -> Intent:
        """Write down that `operation` on the container begins now; the file is whole before it has its
        name."""
        own = os.getpid()
        started = process.start_time(own) or 0
        path = self.paths.intents / f"{self.paths.namespace}.{container_id}.{operation}.{own}.json"
        intent = Intent(path, operation, self.paths.namespace, container_id, own, started, facts)
        _write_whole(path, _text(intent))
        return intent

    def all(self) -> list[Intent]:
        """Every intent that stands; one that can't be read belongs to nobody and is taken away."""
        try:
            names = sorted(entry.name for entry in os.scandir(self.paths.intents))
        except FileNotFoundError:
            return []
        return [
            intent
            for name in names
            if name.endswith(".json") and (intent := _load(self.paths.intents / name)) is not None
        ]

    def orphaned(self) -> list[Intent]:
        """The intents whose processes are gone."""
        return [intent for intent in self.all() if intent.is_orphaned]


def _text(intent: Intent) -> str:
    value = {
        "operation": intent.operation,
        "namespace": intent.namespace,
        "container_id": intent.container_id,
        "pid": intent.pid,
        "start_time": intent.start_time,
        "facts": intent.facts,
    }
    return json.dumps(value)


def _load(path: Path) -> Intent | None:
    try:
        value = json.loads(path.read_text())
        return Intent(
            path,
            value["operation"],
            value["namespace"],
            value["container_id"],
            value["pid"],
            value["start_time"],
            value["facts"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        path.unlink(missing_ok=True)
        return None


def _write_whole(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        draft.write_text(text)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_text(text)
    try:
        os.rename(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
