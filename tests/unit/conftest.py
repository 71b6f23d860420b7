"""Unit tests are sealed: no process, no connection, no sleep, unless marked `may_run`."""

import os
import socket
import subprocess
import time

import pytest


class TouchedTheWorld(BaseException):
    """Not an Exception: no handler under test may swallow it."""


@pytest.fixture(autouse=True)
def sealed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make touching the world impossible, so that a unit test runs anywhere and never waits."""
    if request.node.get_closest_marker("may_run"):
        return

    def refuse(what: str) -> object:
        def refused(*args: object, **_: object) -> None:
            raise TouchedTheWorld(f"unit test called {what}{args[-1:]}")

        return refused

    monkeypatch.setattr(subprocess, "Popen", refuse("subprocess.Popen"))
    monkeypatch.setattr(socket.socket, "connect", refuse("socket.connect"))
    monkeypatch.setattr(time, "sleep", refuse("time.sleep"))
    for name in ("system", "fork", "posix_spawn", "posix_spawnp", "execv", "execve"):
        monkeypatch.setattr(os, name, refuse(f"os.{name}"))
