"""What containers use: their control groups and interfaces are read directly, containerd is asked once a look
for the processes to read of."""

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from datetime import timedelta

from nerdpy.container.find import find, name_of
from nerdpy.container.tasks import tasks_of_all
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.linux import cgroups
from nerdpy.linux.cgroup_stats import Group, group_of, machine_memory
from nerdpy.linux.traffic import traffic_of
from nerdpy.model.consumption import NOTHING, Consumption, cpu_percent
from nerdpy.model.records import ContainerRecord, TaskStatus

PATIENCE = timedelta(seconds=0.8)
"""How long a look waits for containerd, which asks one shim after the other: one that hangs must not stop the
clock. Then the tasks are those of the look before."""
REMEMBERED = 60
"""Looks whose CPU is kept: at one a second, the last minute."""


@dataclass(frozen=True, kw_only=True)
class Stat:
    """One container in one look."""

    id: str
    name: str
    asked_as: str
    """What the user typed; the short id where nobody named containers."""
    now: Consumption = NOTHING
    cpu: float | None = None
    """Percent of one processor since the look before; None in the first."""
    is_running: bool = True
    history: Sequence[float] = ()
    """`cpu` of the last looks, oldest first."""


class Watch:
    """`with Watch(engine) as watch: watch.look()`, again and again."""

    def __init__(self, engine: Engine, names: Sequence[str] = (), *, everything: bool = False) -> None:
        """Watch the containers with these names, or all that run; with `everything` all there are. NotFound
        for a name that nobody has."""
        self._engine = engine
        self._asked = {find(engine, name).id: name for name in names}
        self._everything = everything
        self._was_asked = bool(names)
        self._records: dict[str, ContainerRecord] = {}
        self._tasks: dict[str, TaskStatus] = {}
        self._groups: dict[int, Group] = {}
        self._before: dict[str, Consumption] = {}
        self._history: dict[str, deque[float]] = {}
        self._cgroups = cgroups.look()
        self._machine = machine_memory()
        self._looks = 0
        self._pool = ThreadPoolExecutor(1)
        self._listing: Future[dict[str, TaskStatus]] | None = None

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def look(self) -> list[Stat]:
        """What each uses now; containers that have come or gone since the last look come and go."""
        self._renew_tasks()
        self._looks += 1
        self._renew_records()
        stats = [self._stat(record) for record in self._wanted()]
        present = {stat.id for stat in stats}
        self._before = {key: value for key, value in self._before.items() if key in present}
        self._history = {key: value for key, value in self._history.items() if key in present}
        return stats

    def _renew_tasks(self) -> None:
        if self._listing is None:
            self._listing = self._pool.submit(tasks_of_all, self._engine)
        try:
            found = self._listing.result(PATIENCE.total_seconds() if self._looks else None)
        except Late:
            return  # its answer is for a later look
        except NerdpyError:
            self._listing = None
            raise
        self._listing = None
        self._tasks = {
            task.id: task for task in found.values() if task.status in {"running", "paused", "pausing"}
        }
        living = {task.pid for task in found.values()}
        self._groups = {pid: group for pid, group in self._groups.items() if pid in living}

    def _renew_records(self) -> None:
        """Asked for only when somebody is here that nobody knows, or when all matter."""
        if self._asked:
            wanted = [key for key in self._asked if key not in self._records or key not in self._tasks]
            for key in wanted:
                try:
                    self._records[key] = self._engine.containerd.containers.get(key)
                except NotFound:
                    self._records.pop(key, None)
                    del self._asked[key]
        elif self._everything or not self._tasks.keys() <= self._records.keys():
            self._records = {record.id: record for record in self._engine.containerd.containers.list()}

    def _wanted(self) -> list[ContainerRecord]:
        if self._asked:
            return [self._records[key] for key in self._asked if key in self._records]
        if self._was_asked:
            return []
        chosen = [one for one in self._records.values() if self._everything or one.id in self._tasks]
        return sorted(chosen, key=_age, reverse=True)

    @property
    def is_over(self) -> bool:
        """Were containers named, and is none of them left?"""
        return self._was_asked and not self._asked

    def _stat(self, record: ContainerRecord) -> Stat:
        task = self._tasks.get(record.id)
        now = self._consumption(task.pid) if task is not None else NOTHING
        before = self._before.pop(record.id, NOTHING)
        cpu = cpu_percent(before, now) if before.moment and now.moment else None
        if now.moment:
            self._before[record.id] = now
        history = self._history.setdefault(record.id, deque(maxlen=REMEMBERED))
        if cpu is not None:
            history.append(cpu)
        return Stat(
            id=record.id,
            name=name_of(record),
            asked_as=self._asked.get(record.id) or record.id[:12],
            now=now,
            cpu=cpu if task is not None else 0.0,
            is_running=task is not None,
            history=tuple(history),
        )

    def _consumption(self, pid: int) -> Consumption:
        group = self._groups.get(pid) or group_of(pid, self._cgroups)
        if group is None:
            return NOTHING
        self._groups[pid] = group
        numbers = group.numbers()
        received, sent = traffic_of(pid)
        return Consumption(
            moment=time.monotonic_ns(),
            cpu=numbers.cpu,
            memory=numbers.memory,
            memory_limit=min(numbers.memory_limit or self._machine, self._machine),
            pids=numbers.pids,
            received=received,
            sent=sent,
            read=numbers.read,
            written=numbers.written,
        )


def _age(record: ContainerRecord) -> float:
    return record.created_at.timestamp() if record.created_at else 0.0
