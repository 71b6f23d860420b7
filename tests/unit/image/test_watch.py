"""What a transfer tells, and when it is given up."""

import time

import pytest

from nerdpy.containerd.transfer_ends import TransferProgress
from nerdpy.engine import Event, Transferring, Warned
from nerdpy.errors import Cancelled, NerdpyError, Unavailable
from nerdpy.image.patience import PAUSES, transfer_patiently
from nerdpy.image.watch import PUSH, SETTLE, STALL, Watch
from nerdpy.model.reference import parse_reference

LAYER = f"layer-sha256:{'a' * 64}"
CONFIG = f"config-sha256:{'b' * 64}"


class Heard:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.now = 0.0

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def phases(self) -> list[str]:
        return [event.phase for event in self.events if isinstance(event, Transferring)]

    @property
    def warnings(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Warned)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watch(heard: Heard) -> Watch:
    return Watch(heard, "x:1", is_quiet=False, clock=lambda: heard.now)


def look(event: str, done: int = 0, *, config: str = "complete") -> list[TransferProgress]:
    return [
        TransferProgress(event="Pulling from OCI Registry", name=""),
        TransferProgress(event="fetching image content", name="x:1"),
        TransferProgress(event=config, name=CONFIG, done=10, total=10),
        TransferProgress(event=event, name=LAYER, done=done, total=100),
    ]


def test_the_phases_follow_each_other(heard: Heard, watch: Watch) -> None:
    watch.begin()
    watch([TransferProgress(event="Resolving", name="")])
    watch(look("waiting"))
    watch(look("downloading", 50))
    assert watch.blobs[0].name == "a" * 12
    assert watch.blobs[0].done == 50
    assert watch.done == 60
    watch(look("complete", 100))
    assert heard.phases == ["resolving", "resolving", "downloading", "downloading", "extracting"]


def test_the_same_news_is_told_once(heard: Heard, watch: Watch) -> None:
    for _ in range(3):
        watch(look("downloading", 50))
    assert heard.phases == ["downloading"]


def test_silence_is_a_stall(heard: Heard, watch: Watch) -> None:
    watch.begin()
    heard.now = STALL + 1
    assert watch.is_stalled()
    watch.begin()
    assert (watch.is_stalled(), watch.stalls) == (False, 1)
    watch(look("downloading", 50))
    heard.now += STALL + 1
    watch(look("downloading", 50))
    assert watch.is_stalled()
    watch(look("downloading", 60))
    assert watch.is_stalled()  # given up is given up


def test_unpacking_may_be_silent(heard: Heard, watch: Watch) -> None:
    watch(look("already exists", 100))
    heard.now = 10 * STALL
    assert not watch.is_stalled()
    watch.is_all_here = lambda: False
    assert not watch.is_stalled()  # it was asked a moment ago
    heard.now += STALL + 1
    assert watch.is_stalled()


def test_a_registry_may_be_silent_while_it_stores(heard: Heard) -> None:
    watch = Watch(heard, "x:1", is_quiet=False, direction=PUSH, clock=lambda: heard.now)
    watch(look("uploading", 100))
    assert heard.phases == ["storing"]
    heard.now = STALL + 1
    assert not watch.is_stalled()
    heard.now = SETTLE + 1
    assert watch.is_stalled()


class Line:
    """Attempts that fail as told."""

    def __init__(self, watch: Watch, *failures: tuple[NerdpyError, int]) -> None:
        self.failures = list(failures)
        self.watch = watch
        self.attempts = 0

    def __call__(self) -> None:
        self.attempts += 1
        if self.failures:
            error, reached = self.failures.pop(0)
            self.watch(look("downloading", reached))
            raise error


RESET = NerdpyError("read: connection reset by peer")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def test_a_passing_failure_is_tried_again(heard: Heard, watch: Watch, slept: list[float]) -> None:
    line = Line(watch, (RESET, 1), (RESET, 1))
    transfer_patiently(line, watch, parse_reference("x:1"), heard)
    assert (line.attempts, slept) == (3, [1, 2])
    assert heard.warnings[0] == "x:1: connection reset by peer; trying again in 1 s (1 of 4)"


def test_patience_ends(heard: Heard, watch: Watch, slept: list[float]) -> None:
    line = Line(watch, *[(RESET, 0)] * 9)
    with pytest.raises(NerdpyError):
        transfer_patiently(line, watch, parse_reference("x:1"), heard)
    assert slept == list(PAUSES)


def test_progress_renews_the_patience(heard: Heard, watch: Watch, slept: list[float]) -> None:
    line = Line(watch, *[(RESET, number) for number in range(1, 31)])
    transfer_patiently(line, watch, parse_reference("x:1"), heard)
    assert line.attempts == 31
    assert set(slept) == {1.0}


def test_a_stall_is_tried_again(heard: Heard, watch: Watch, slept: list[float]) -> None:
    def stalls_once() -> None:
        if not slept:
            heard.now += STALL + 1
            raise Cancelled("the transfer was given up")

    transfer_patiently(stalls_once, watch, parse_reference("x:1"), heard)
    assert "nothing moved for 60 s" in heard.warnings[0]


def test_what_lasts_is_not_tried_again(heard: Heard, watch: Watch, slept: list[float]) -> None:
    line = Line(watch, (NerdpyError("x509: certificate signed by unknown authority"), 0))
    with pytest.raises(Unavailable, match="not trusted"):
        transfer_patiently(line, watch, parse_reference("x:1"), heard)
    assert slept == []


def test_a_lie_is_tried_once_more_and_then_told(heard: Heard, watch: Watch, slept: list[float]) -> None:
    lie = NerdpyError(
        'failed commit on ref "layer-sha256:a": unexpected commit digest sha256:b, expected sha256:a'
    )
    line = Line(watch, (lie, 1), (lie, 1), (lie, 1))
    with pytest.raises(Unavailable, match="layer-sha256:a has other bytes than its digest says"):
        transfer_patiently(line, watch, parse_reference("x:1"), heard)
    assert slept == [1]
    assert "what came is not what its digest says; trying again in 1 s (1 of 1)" in heard.warnings[0]
