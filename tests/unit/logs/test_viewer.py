"""`logs` shows the lines that are asked for, over all files of a log, and follows it while it grows."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nerdpy.errors import NotFound
from nerdpy.logs.drivers.json_file import JsonFile
from nerdpy.logs.files import LogFiles
from nerdpy.logs.viewer import LogView, check_readable, view_log
from nerdpy.model.monitor import STDOUT, LogSettings
from nerdpy.model.timestamps import parse_entry_time


def entry(text: str, *, stream: str = "stdout", time: str = "2024-05-06T07:08:09.5Z", attrs: str = "") -> str:
    return f'{{"log":"{text}","stream":"{stream}",{attrs}"time":"{time}"}}\n'


def shown(path: Path, **wish: object) -> bytes:
    return b"".join(
        content
        for _, content in view_log(path, LogView(**wish), is_running=lambda: False)  # type: ignore[arg-type]
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Three files of three lines each: `0` is the oldest."""
    for number, name in enumerate(["log.2", "log.1", "log"]):
        text = "".join(
            entry(f"{number * 3 + at}\\n", time=f"2024-05-06T07:08:0{number * 3 + at}Z") for at in range(3)
        )
        (tmp_path / name).write_text(text)
    return tmp_path / "log"


def test_all_files_are_shown_from_the_oldest(log: Path) -> None:
    assert shown(log) == b"0\n1\n2\n3\n4\n5\n6\n7\n8\n"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, b""),
        (1, b"8\n"),
        (3, b"6\n7\n8\n"),
        (4, b"5\n6\n7\n8\n"),
        (8, b"1\n2\n3\n4\n5\n6\n7\n8\n"),
        (9, b"0\n1\n2\n3\n4\n5\n6\n7\n8\n"),
        (100, b"0\n1\n2\n3\n4\n5\n6\n7\n8\n"),
    ],
)
def test_the_tail_counts_across_files(log: Path, count: int, expected: bytes) -> None:
    assert shown(log, tail=count) == expected


def test_the_tail_counts_lines_not_entries(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(
        entry("first\\n") + entry("a long ") + entry("line\\n") + entry("no ") + entry("newline")
    )
    assert shown(tmp_path / "log", tail=1) == b"no newline"
    assert shown(tmp_path / "log", tail=2) == b"a long line\nno newline"


def test_the_tail_of_a_big_file_is_found_from_its_end(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        for number in range(20_000):
            file.write(entry(f"{number}\\n"))
    expected = b"".join(b"%d\n" % number for number in range(15_000, 20_000))
    assert shown(tmp_path / "log", tail=5_000) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2024-05-06T07:08:07Z", None, b"7\n8\n"),
        (None, "2024-05-06T07:08:01Z", b"0\n1\n"),
        ("2024-05-06T07:08:02.5Z", "2024-05-06T07:08:04.5Z", b"3\n4\n"),
        ("2030-01-01T00:00:00Z", None, b""),
    ],
)
def test_since_and_until_choose_by_the_entrys_time(
    log: Path, since: str | None, until: str | None, expected: bytes
) -> None:
    times = {"since": since, "until": until}
    assert shown(log, **{key: parse_entry_time(text) for key, text in times.items() if text}) == expected


def test_streams_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("out\\n") + entry("err\\n", stream="stderr"))
    assert list(view_log(tmp_path / "log", LogView(), lambda: False)) == [
        ("stdout", b"out\n"),
        ("stderr", b"err\n"),
    ]


def test_timestamps_have_nine_digits_and_stand_once_before_a_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(
        entry("long ") + entry("line\\n", time="2024-05-06T07:08:10Z") + entry("x\\n")
    )
    assert shown(tmp_path / "log", timestamps=True) == (
        b"2024-05-06T07:08:09.500000000Z long line\n2024-05-06T07:08:09.500000000Z x\n"
    )


def test_details_stand_between_the_time_and_the_line(tmp_path: Path) -> None:
    attrs = '"attrs":{"tag":"a b","com.x":"1"},'
    (tmp_path / "log").write_text(entry("x\\n", attrs=attrs))
    assert shown(tmp_path / "log", details=True, timestamps=True) == (
        b"2024-05-06T07:08:09.500000000Z com.x=1,tag=a+b x\n"
    )


def test_a_terminals_carriage_return_stays(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("a\\rb\\r\\n"))
    assert shown(tmp_path / "log") == b"a\rb\r\n"


def test_a_missing_last_newline_stays_missing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("a\\n") + entry("end"))
    assert shown(tmp_path / "log") == b"a\nend"


def test_damage_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("a\\n") + "{damage\n" + '"text"\n' + entry("b\\n") + '{"log":"torn')
    assert shown(tmp_path / "log") == b"a\nb\n"
    assert shown(tmp_path / "log", tail=1) == b"b\n"


def test_bytes_that_were_no_text_come_back(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("\\udcff\\udc80\\n"))
    assert shown(tmp_path / "log") == b"\xff\x80\n"


def test_another_programs_surrogates_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("\\ud800\\n"))
    assert shown(tmp_path / "log") == b"?\n"


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check_readable(tmp_path / "log", "web")


# --- following --------------------------------------------------------------------------------------------


def writer(path: Path, **settings: object) -> JsonFile:
    return JsonFile(LogSettings(driver="json-file", path=str(path), **settings))  # type: ignore[arg-type]


def follow_while(path: Path, write: Callable[[], None], **wish: object) -> bytes:
    """What a follower shows while `write` runs in another thread and the container seems to run so long."""
    thread = threading.Thread(target=write)
    thread.start()
    chosen = LogView(follow=True, **wish)  # type: ignore[arg-type]
    return b"".join(content for _, content in view_log(path, chosen, is_running=thread.is_alive))


@pytest.mark.may_run
def test_a_follower_misses_nothing_over_many_rotations(tmp_path: Path) -> None:
    lines = [b"line %d\n" % number for number in range(3000)]

    def write() -> None:
        log = writer(tmp_path / "log", max_size=5000, max_file=200)
        for number, line in enumerate(lines):
            log.write(STDOUT, line)
            if number % 100 == 0:
                time.sleep(0.005)
        log.write(STDOUT, b"end")
        log.close()

    assert follow_while(tmp_path / "log", write) == b"".join(lines) + b"end"
    assert len(list(tmp_path.iterdir())) > 20


@pytest.mark.may_run
def test_a_follower_goes_on_through_a_restart(tmp_path: Path) -> None:
    def write() -> None:
        for word in (b"one\n", b"two\n"):
            time.sleep(0.15)
            log = writer(tmp_path / "log")
            log.write(STDOUT, word)
            log.close()

    assert follow_while(tmp_path / "log", write) == b"one\ntwo\n"


@pytest.mark.may_run
def test_a_follower_of_the_last_zero_lines_sees_only_new_ones(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("old\\n"))

    def write() -> None:
        time.sleep(0.15)
        writer(tmp_path / "log").write(STDOUT, b"new\n")

    assert follow_while(tmp_path / "log", write, tail=0) == b"new\n"


@pytest.mark.may_run
def test_a_follower_starts_again_when_somebody_truncates_the_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("a long line that was there before\\n"))

    def write() -> None:
        time.sleep(0.15)
        (tmp_path / "log").write_text(entry("new\\n"))
        time.sleep(0.15)

    assert follow_while(tmp_path / "log", write) == b"a long line that was there before\nnew\n"


@pytest.mark.may_run
def test_following_ends_at_until(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("old\\n"))
    wish = LogView(follow=True, until=time.time_ns() + 100_000_000)
    assert [content for _, content in view_log(tmp_path / "log", wish, is_running=lambda: True)] == [b"old\n"]


def test_a_stopped_containers_log_is_not_followed(log: Path) -> None:
    assert shown(log, follow=True) == shown(log)


def test_a_rotation_between_opening_two_files_neither_hides_nor_repeats(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for name, text in (("log.1", "a\n"), ("log", "b\n")):
        (tmp_path / name).write_text(text)
    files = LogFiles(path)
    (tmp_path / "log.1").rename(tmp_path / "log.2")
    path.rename(tmp_path / "log.1")
    path.write_text("c\n")
    assert list(files.blocks()) == [b"a\n", b"b\n"]
    files.turn_over()
    assert list(files.blocks()) == [b"c\n"]
    files.close()
