"""Who owns a name. containerd's labels are the truth; a file per name only decides who is first.

A reservation counts while its container bears the name, or while the process lives that reserved it for a
container
it is about to make. Every other reservation is void, whoever left it: there are no ghost names.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.errors import AlreadyExists
from nerdpy.linux import process
from nerdpy.paths import StorePaths
from nerdpy.store.locks import Locks

Bearer = Callable[[str], str | None]
"""Given a name: the id of the container that bears it in containerd, or None."""


class NameInUse(AlreadyExists):
    """The name belongs to another container."""

    def __init__(self, name: str, owner: str) -> None:
        super().__init__(
            f'name "{name}" is already in use by container {owner[:12]}',
            hint=f"remove it with `nerdpy rm {name}`, rename it, or pick another name",
        )


@dataclass(frozen=True)
class Names:
    """The names of one namespace."""

    paths: StorePaths

    def acquire(self, name: str, container_id: str, bearer: Bearer) -> None:
        """Reserve `name` for a container that this process is about to make or to rename."""
        path = self.paths.name(name)
        with Locks(self.paths).path(path.parent / ".lock"):
            if (owner := bearer(name)) and owner != container_id:
                raise NameInUse(name, owner)
            if (owner := _live_reservation(path)) and owner != container_id:
                raise NameInUse(name, owner)
            own = os.getpid()
            text = json.dumps({"id": container_id, "pid": own, "start_time": process.start_time(own)})
            try:
                path.write_text(text)  # in place: a torn one is void, and its writer is dead
            except OSError:
                path.unlink(missing_ok=True)
                raise

    def release(self, name: str, container_id: str) -> None:
        """Give `name` back, if it is still this container's, or if nobody can tell whose it is."""
        if not name:
            return
        path = self.paths.name(name)
        with Locks(self.paths).path(path.parent / ".lock"):
            if _reservation(path).get("id", container_id) == container_id:
                path.unlink(missing_ok=True)


def _reservation(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text())
        return value if isinstance(value, dict) else {}
    except (OSError, ValueError):
        return {}


def _live_reservation(path: Path) -> str | None:
    """The container that a living process has reserved the name for."""
    value = _reservation(path)
    pid, start = value.get("pid"), value.get("start_time")
    if not isinstance(pid, int) or not isinstance(start, int):
        return None
    return str(value.get("id")) if process.is_alive(pid, start) else None
