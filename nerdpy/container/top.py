"""The processes of a running container, as the host's ps(1) shows them."""

from collections.abc import Sequence

from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.linux import ps
from nerdpy.model.records import ContainerRecord

DEFAULT = ("-ef",)


def top(engine: Engine, record: ContainerRecord, options: Sequence[str]) -> list[list[str]]:
    """The titles, and the cells of each process; the last column keeps its spaces."""
    refuse_unless_running(look_at(engine, record), shown_as(record))
    pids = set(engine.containerd.tasks.pids(record.id))
    rows = filtered(ps.table(options or DEFAULT), pids)
    tell(engine, record, "top")
    return rows


def filtered(lines: Sequence[str], pids: set[int]) -> list[list[str]]:
    """Pure: the titles and the lines whose PID is one of `pids`."""
    titles = lines[0].split() if lines else []
    if "PID" not in titles:
        raise InvalidArgument(
            "the ps options leave the column PID out",
            hint="it tells which processes are the container's: add pid",
        )
    at = titles.index("PID")
    rows = [titles]
    for line in lines[1:]:
        cells = line.split(None, len(titles) - 1)
        if len(cells) > at and cells[at].isdecimal() and int(cells[at]) in pids:
            rows.append(cells)
    return rows
