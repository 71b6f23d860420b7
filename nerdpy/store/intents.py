"""Intents: what a command is about to do is written down first and struck out when it is done.

An intent whose process is gone is finished or undone by the next command (`container/sweep.py`). The process
is known by pid and start time, for a pid alone may be somebody else's by then; both stand in the file's name.

A file is only ever appended to, a line of JSON each time. So a kill at any moment leaves no draft beside it,
and a line that is torn tells of something that was not begun. The
container's monitor writes such a file as well, in the name of the `internal exited` that it starts.
"""

import errno
import json
import os
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.linux import process
from nerdpy.model.monitor import EXITED, first_line, intent_name
from nerdpy.paths import StorePaths
from nerdpy.store.listing import names_in

_FREEING = {"remove", "release", EXITED}


@dataclass(frozen=True)
class Intent:
    """One operation under way on one container."""

    path: Path
    operation: str
    """`create`, `start`, `remove`, `rename`, `connect`, `disconnect`, `release`, `exited`, `view`, `commit`,
    `hold` or `volume`: what the sweeper makes of each stands in `container/sweep.py`."""
    namespace: str
    container_id: str
    facts: dict[str, Any]

    def add(self, **facts: Any) -> None:
        """Write down more of what is about to be taken."""
        self.facts.update(facts)
        _append(self.path, json.dumps({"facts": facts}).encode() + b"\n")

    def done(self) -> None:
        """Strike it out."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Intents:
    """The intents of one store, of all its namespaces."""

    paths: StorePaths

    def begin(self, operation: str, container_id: str, **facts: Any) -> Intent:
        """Write down that `operation` on the container begins now. What gives room back must not fail because
        there is none: then it goes on unwritten."""
        own = os.getpid()
        name = intent_name(self.paths.namespace, container_id, operation, own, process.start_time(own) or 0)
        path = self.paths.intents / name
        intent = Intent(path, operation, self.paths.namespace, container_id, facts)
        try:
            _append(path, first_line(self.paths.namespace, container_id, operation, json.dumps(facts)))
        except OSError as error:
            if operation not in _FREEING or error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
        return intent

    def orphaned(self) -> list[Intent]:
        """The intents whose processes are gone; one in which nothing can be read had not begun."""
        gone = [name for name in self._names() if not process.is_marked_alive(name.rpartition(".")[2])]
        return [intent for name in gone if (intent := _load(self.paths.intents / name, clears=True))]

    def living(self, operation: str) -> list[Intent]:
        """The intents of one operation in this namespace whose processes are at work."""
        names = [name for name in self._names() if process.is_marked_alive(name.rpartition(".")[2])]
        found = [intent for name in names if (intent := _load(self.paths.intents / name)) is not None]
        own = self.paths.namespace
        return [one for one in found if (one.operation, one.namespace) == (operation, own)]

    def at_work(self) -> set[tuple[str, str]]:
        """(namespace, container id) of every intent whose process is at work."""
        found = (name.rsplit(".", 3) for name in self._names())
        return {
            (words[0], words[1]) for words in found if len(words) == 4 and process.is_marked_alive(words[3])
        }

    def _names(self) -> list[str]:
        return sorted(names_in(self.paths.intents))


def _load(path: Path, *, clears: bool = False) -> Intent | None:
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
        first = json.loads(lines[0])
        facts: dict[str, Any] = {}
        for line in lines:
            facts |= json.loads(line)["facts"]
        return Intent(path, first["operation"], first["namespace"], first["container_id"], facts)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError):
        if clears:
            path.unlink(missing_ok=True)
        return None


def _append(path: Path, text: bytes) -> None:
    descriptor = _opened(path)
    try:
        size = os.fstat(descriptor).st_size
        try:
            while text:
                text = text[os.write(descriptor, text) :]
        except OSError:  # the disk is full
            os.ftruncate(descriptor, size)
            if not size:
                path.unlink()
            raise
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)
