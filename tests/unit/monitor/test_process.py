"""What the kernel counts of a container's end."""

import os
from pathlib import Path

import pytest

from nerdpy.monitor.call import note_end
from nerdpy.monitor.process import InitProcess, open_memory_events, read_oom_kills
from nerdpy.store.containers import load_json

VERSION_2 = "low 0\nhigh 0\nmax 20\noom 1\noom_kill {}\noom_group_kill 7\n"
VERSION_1 = "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"


def counter(folder: Path, text: str) -> int:
    (folder / "events").write_text(text)
    return os.open(folder / "events", os.O_RDONLY)


@pytest.mark.parametrize(
    ("text", "kills"),
    [
        (VERSION_2.format(0), 0),
        (VERSION_2.format(12), 12),
        (VERSION_1.format(1), 1),
        ("oom_kill_disable 0\nunder_oom 0\n", -1),  # kernels before 4.13
        ("", -1),
    ],
)
def test_both_versions_count_kills(tmp_path: Path, text: str, kills: int) -> None:
    assert read_oom_kills(counter(tmp_path, text)) == kills


def test_a_counter_that_is_gone_says_nothing_unless_it_had_counted(tmp_path: Path) -> None:
    init = InitProcess("id")
    for text, kills in ((VERSION_2.format(0), 0), ("", -1), (VERSION_2.format(2), 2), ("", 2)):
        init._memory_events = counter(tmp_path, text)
        init.count_oom_kills()
        assert init.oom_kills == kills


def test_a_group_that_is_not_the_containers_own_is_not_asked() -> None:
    assert open_memory_events(os.getpid(), "no-container-of-this-name") == -1
    assert open_memory_events(1 << 30, "nobody") == -1


@pytest.mark.parametrize(
    ("exit_code", "kills", "known"),
    [
        (137, 1, {"exit_code": 137, "oom_killed": True}),
        (0, 0, {"exit_code": 0, "oom_killed": False}),
        (-1, 1, {"oom_killed": True}),
        (-1, -1, {}),
    ],
)
def test_only_what_is_known_of_an_end_is_noted(
    tmp_path: Path, exit_code: int, kills: int, known: dict[str, object]
) -> None:
    note_end(str(tmp_path), exit_code, kills)
    noted = load_json(tmp_path / "ended.json")
    assert noted.pop("finished_at") > 1.7e9
    assert noted == known
