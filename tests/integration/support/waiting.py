"""Waiting for something to become true: never a bare sleep in a test."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T], *, seconds: float = 15, what: str = "") -> T:
    """Call `check` until its result is true and return that; the last failed assertion is the message.

    `check` may raise AssertionError, OSError or LookupError for "not yet".
    """
    deadline = time.monotonic() + seconds
    pause = 0.01
    while True:
        try:
            if result := check():
                return result
            reason = f"{what or getattr(check, '__name__', 'it')} is still not true"
        except (AssertionError, OSError, LookupError) as error:
            reason = f"{what}: {error}" if what else str(error)
        assert time.monotonic() < deadline, f"after {seconds} s: {reason}"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
