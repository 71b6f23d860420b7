"""The context opens what is asked for, and says as much as the flags allow."""

from typing import Any

import pytest

from nerdpy.cli.context import Context
from nerdpy.engine import Event, Note, Warned


class Heard:
    """A display that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_open = True

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def __exit__(self, *_: object) -> None:
        self.is_open = False


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("info", [Note("n"), Warned("w")]),
        ("debug", [Note("n"), Warned("w")]),
        ("warn", [Warned("w")]),
        ("error", []),
        ("fatal", []),
    ],
)
def test_the_log_level_says_what_is_worth_saying(level: str, said: list[Event]) -> None:
    context = Context({}, {"log_level": level})
    display: Any = Heard()
    context._progress = display
    context.notify(Note("n"))
    context.notify(Warned("w"))
    assert display.events == said


def test_the_display_is_taken_down_once() -> None:
    context = Context({})
    display: Any = Heard()
    context._progress = display
    context.close_progress()
    context.close_progress()
    assert not display.is_open


@pytest.mark.parametrize(
    ("flags", "is_debug"),
    [
        ({}, False),
        ({"debug": True}, True),
        ({"debug_full": True}, True),
        ({"log_level": "trace"}, True),
        ({"log_level": "warn"}, False),
    ],
)
def test_several_flags_ask_to_say_more(flags: dict[str, Any], is_debug: bool) -> None:
    assert Context({}, flags).is_debug is is_debug
