"""Much output, fast: what the container wrote is what every reader gets, to the last byte."""

import hashlib
import time
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli

LINES = 400_000
LINE = "a line of output as programs write them, of seventy-odd letters or so, again and again"
SCRIPT = f"yes '{LINE}' | head -n {LINES}; printf 'no newline at the end'"
RATE = 10_000_000
"""Bytes in a second that a container can write at least, with its log kept and a client attached."""


@pytest.fixture(scope="module")
def expected() -> tuple[int, str]:
    """Size and digest of what SCRIPT writes."""
    return measured(f"{LINE}\n".encode() * LINES + b"no newline at the end")


def measured(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()


def output(cli: Cli, path: Path, *words: str) -> bytes:
    """What a command writes into a file (a pipe that is read slowly would measure the reader)."""
    with path.open("wb") as file:
        command = cli.start(*words, stdout=file.fileno())
        _, talk = command.communicate(timeout=120)
    assert command.returncode == 0, talk
    return path.read_bytes()


def test_the_foreground_gets_every_byte_at_speed(
    cli: Cli, busybox_image: str, tmp_path: Path, expected: tuple[int, str]
) -> None:
    began = time.monotonic()
    data = output(cli, tmp_path / "out", "run", "--rm", busybox_image, "sh", "-c", SCRIPT)
    seconds = time.monotonic() - began
    assert measured(data) == expected
    assert len(data) / seconds > RATE, f"{len(data) / seconds / 1e6:.1f} MB/s"


def test_the_log_has_every_byte_for_those_who_follow_and_those_who_come_later(
    cli: Cli, busybox_image: str, tmp_path: Path, expected: tuple[int, str]
) -> None:
    cli.ok("run", "-d", "--name", "talker", busybox_image, "sh", "-c", SCRIPT)
    assert measured(output(cli, tmp_path / "followed", "logs", "-f", "talker")) == expected
    assert measured(output(cli, tmp_path / "later", "logs", "talker")) == expected


def test_a_reader_that_is_slow_loses_nothing(cli: Cli, busybox_image: str, expected: tuple[int, str]) -> None:
    """The container waits for it, as with docker."""
    command = cli.start("run", "--rm", busybox_image, "sh", "-c", SCRIPT)
    assert command.stdout is not None
    digest = hashlib.sha256()
    size = 0
    while piece := command.stdout.read(1 << 20):
        time.sleep(0.005)
        digest.update(piece)
        size += len(piece)
    assert command.wait(60) == 0
    assert (size, digest.hexdigest()) == expected
