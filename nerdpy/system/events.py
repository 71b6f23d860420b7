"""What happens in the engine, as it happens; and what nerdpy has done before, from its journal.

Two sources, one order: before an event of containerd is told, the journal is read to its end, and what came
of both is put in the order of its time. Whoever sends a signal notes it first, so the kill stands before the
death. What both know (create, start, die, ...) is
taken from containerd as long as one listens, for it knows of everybody's containers, and from the journal
for the time before.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread

from nerdpy.containerd.events import Subscription
from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, Unavailable
from nerdpy.model.events import Happening, check_filters, matches
from nerdpy.model.filters import Filters
from nerdpy.model.records import ContainerdEvent
from nerdpy.model.timestamps import parse_timestamp
from nerdpy.store.journal import JournalReader
from nerdpy.system.happenings import TOLD_BY_CONTAINERD, Translator

LOOK = 0.1
"""Seconds between two looks at the journal while containerd is silent."""
HELD = timedelta(seconds=0.5)
"""How long containerd's word of an image waits for nerdpy's own, which says what was done: a pull, a tag."""


@dataclass(frozen=True, kw_only=True)
class EventsWish:
    """Which events; the times as the user typed them."""

    since: str = ""
    until: str = ""
    filters: Filters = field(default_factory=Filters)


def events(engine: Engine, wish: EventsWish) -> Iterator[Happening]:
    """Those of the past that `since` asks for, then the others as they happen, until `until`."""
    check_filters(wish.filters)
    now = datetime.now(UTC)
    since = parse_timestamp(wish.since, now) if wish.since else None
    until = parse_timestamp(wish.until, now) if wish.until else None
    for event in _all(engine, since, until):
        if matches(event, wish.filters):
            yield event


def _all(engine: Engine, since: int | None, until: int | None) -> Iterator[Happening]:
    reader = engine.store.journal.reader()
    try:
        if until is not None and until <= time.time_ns():
            yield from (event for event in _past(reader) if (since or 0) <= event.nanoseconds <= until)
            return
        with engine.containerd.events.subscribe(f'namespace=="{engine.config.namespace}"') as subscription:
            yield from _Live(engine, reader, subscription, since, until).run()
    finally:
        reader.close()


def _past(reader: JournalReader) -> list[Happening]:
    """What is in the journal now, by its time: an exit may be noted later than it was."""
    return sorted(map(_noted, reader.new()), key=lambda event: event.nanoseconds)


def _noted(entry: tuple[int, str, str, str, dict[str, str]]) -> Happening:
    nanoseconds, kind, action, id, attributes = entry
    return Happening(nanoseconds=nanoseconds, type=kind, action=action, id=id, attributes=attributes)


class _Live:
    """One listener."""

    def __init__(
        self,
        engine: Engine,
        reader: JournalReader,
        subscription: Subscription,
        since: int | None,
        until: int | None,
    ) -> None:
        self._reader, self._since, self._until = reader, since, until
        self._begin = time.time_ns()
        self._translator = Translator(engine)
        self._arrived: SimpleQueue[ContainerdEvent | NerdpyError] = SimpleQueue()
        self._held: list[tuple[float, Happening]] = []
        self._images: dict[str, float] = {}
        Thread(target=self._listen, args=(subscription,), daemon=True).start()

    def _listen(self, subscription: Subscription) -> None:
        try:
            for event in subscription:
                self._arrived.put(event)
            self._arrived.put(Unavailable("containerd has ended the stream of events"))
        except NerdpyError as error:
            self._arrived.put(error)

    def run(self) -> Iterator[Happening]:
        yield from self._first()
        while (left := self._time_left()) > 0:
            arrived: ContainerdEvent | NerdpyError | None = None
            with suppress(Empty):
                arrived = self._arrived.get(timeout=min(left, LOOK))
            told = list(self._from_journal())
            if isinstance(arrived, ContainerdEvent):
                told += self._from_containerd(arrived)
            yield from sorted(told, key=lambda event: event.nanoseconds)
            if isinstance(arrived, NerdpyError):
                raise arrived
            yield from self._let_go()

    def _time_left(self) -> float:
        return (self._until - time.time_ns()) / 1e9 if self._until is not None else LOOK

    def _first(self) -> Iterator[Happening]:
        for event in _past(self._reader):
            self._translator.learn(event)
            if self._since is not None and self._since <= event.nanoseconds:
                yield event

    def _from_journal(self) -> Iterator[Happening]:
        for entry in self._reader.new():
            event = _noted(entry)
            self._translator.learn(event)
            if event.type == "image":
                self._images[event.attributes.get("name", "")] = time.monotonic()
            is_told = event.type == "container" and event.action.partition(":")[0] in TOLD_BY_CONTAINERD
            if (not is_told or self._translator.has_missed(event)) and self._is_wanted(event):
                yield event

    def _from_containerd(self, arrived: ContainerdEvent) -> Iterator[Happening]:
        event = self._translator.translate(arrived)
        if event is None or not self._is_wanted(event):
            return
        if event.type == "image":
            self._held.append((time.monotonic() + HELD.total_seconds(), event))
        else:
            yield event

    def _let_go(self) -> Iterator[Happening]:
        """What containerd said of images and nerdpy did not explain in time was somebody else's doing."""
        now = time.monotonic()
        still: list[tuple[float, Happening]] = []
        for due, event in self._held:
            noted = self._images.get(event.attributes["name"])
            if noted is not None and abs(due - HELD.total_seconds() - noted) < 2 * HELD.total_seconds():
                continue
            if due > now:
                still.append((due, event))
            else:
                yield event
        self._held = still

    def _is_wanted(self, event: Happening) -> bool:
        begin = self._begin if self._since is None else self._since
        return event.nanoseconds >= begin and (self._until is None or event.nanoseconds <= self._until)
