"""Probes whose probers were killed: they would stay in the container for as long as it runs.

Nothing has to be asked for to see that there is none: a prober that was killed leaves its FIFO, and the
FIFO's name tells the exec'd process and whose it was.
"""

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from nerdpy.errors import DeadlineExceeded, NerdpyError, NotFound
from nerdpy.linux.process import is_marked_alive, mark

if TYPE_CHECKING:
    from nerdpy.engine import Engine

PREFIX = "health-check-"
FIFO_END = "-stdout"
KILL_PATIENCE = timedelta(seconds=5)
_DELETE_PATIENCE = timedelta(seconds=1)


def new_exec_id() -> str:
    """The id of a probe's process: it says which process started it."""
    return f"{PREFIX}{mark()}-{os.urandom(4).hex()}"


def end_left_probes(engine: "Engine", container_id: str) -> None:
    """Kill and delete the probes in a running container whose probers are gone. What the engine does not do
    now, the next probe asks for again."""
    folder = engine.paths.stdio(container_id)
    for exec_id in _left(str(folder)):
        with suppress(NerdpyError):
            with suppress(NotFound):
                _end(engine, container_id, exec_id)
            (folder / f"{exec_id}{FIFO_END}").unlink(missing_ok=True)


def kill_probe(engine: "Engine", container_id: str, exec_id: str, pid: int) -> None:
    """SIGKILL for the probe's process and all that it has started."""
    from nerdpy.linux.family import kill_family

    kill_family(pid)
    with suppress(NerdpyError):
        engine.containerd.tasks.kill(container_id, 9, exec_id=exec_id)


def delete_probe(engine: "Engine", container_id: str, exec_id: str) -> None:
    """Have the shim forget it."""
    with suppress(NerdpyError):
        engine.containerd.within(_DELETE_PATIENCE).tasks.delete_process(container_id, exec_id)


def _left(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    ids = [name.removesuffix(FIFO_END) for name in names if name.startswith(PREFIX)]
    return [exec_id for exec_id in ids if not is_marked_alive(exec_id.removeprefix(PREFIX))]


def _end(engine: "Engine", container_id: str, exec_id: str) -> None:
    tasks = engine.containerd.tasks
    process = tasks.get(container_id, exec_id)
    if process.status not in {"stopped", "created"}:
        waiting = tasks.wait(container_id, exec_id)
        kill_probe(engine, container_id, exec_id, process.pid)
        with suppress(DeadlineExceeded):
            waiting.result(KILL_PATIENCE)
    delete_probe(engine, container_id, exec_id)
