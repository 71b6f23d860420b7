"""Whose a process is: by pid and start time, never by the pid alone."""

import os

import pytest

from nerdpy.linux import process


def test_a_mark_names_this_very_process() -> None:
    assert process.is_marked_alive(process.mark())
    assert process.is_marked_alive(f"{process.mark()}-more")


@pytest.mark.parametrize("text", ["", "-", "1", "1-", "x-1", "4194303-1", "1-1"])
def test_a_mark_of_nobody_is_dead(text: str) -> None:
    assert not process.is_marked_alive(text)


def test_a_pid_with_another_start_time_is_somebody_else() -> None:
    assert not process.is_alive(os.getpid(), (process.start_time(os.getpid()) or 0) + 1)


def test_processes_are_found_by_a_word_of_their_command_lines() -> None:
    with open("/proc/self/cmdline", "rb") as file:
        words = [os.fsdecode(word) for word in file.read().split(b"\0")]
    assert (os.getpid(), words) in process.with_word(words[-2])
    assert process.with_word("a word that nobody's command line has") == []
