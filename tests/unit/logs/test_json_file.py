"""The json-file driver writes docker's format, keeps every byte, and turns files over between entries."""

import errno
import json
import os
import random
from pathlib import Path

import pytest

from nerdpy.logs.drivers.json_file import JsonFile, cut_before, render_entries
from nerdpy.model.monitor import STDERR, STDOUT, LogSettings


def driver(path: Path, **settings: object) -> JsonFile:
    return JsonFile(LogSettings(driver="json-file", path=str(path), **settings))  # type: ignore[arg-type]


def entries(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def written(path: Path) -> bytes:
    return b"".join(entry["log"].encode(errors="surrogateescape") for entry in entries(path))


def test_an_entry_has_dockers_members_in_dockers_order(tmp_path: Path) -> None:
    log = driver(tmp_path / "log", attributes={"b": "2", "a": '"1"'})
    log.write(STDERR, b"hello\n")
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith('{"log":"hello\\n","stream":"stderr","attrs":{"a":"\\"1\\"","b":"2"},"time":"')
    assert line.endswith('Z"}')


def test_a_line_becomes_one_entry_however_it_arrives(tmp_path: Path) -> None:
    log = driver(tmp_path / "log")
    for piece in (b"one\ntw", b"o", b"", b"\nthr", b"ee\n"):
        log.write(STDOUT, piece)
    assert [entry["log"] for entry in entries(tmp_path / "log")] == ["one\n", "two\n", "three\n"]


def test_streams_do_not_mix_within_a_line(tmp_path: Path) -> None:
    log = driver(tmp_path / "log")
    log.write(STDOUT, b"a")
    log.write(STDERR, b"x\n")
    log.write(STDOUT, b"b\n")
    assert [(entry["stream"], entry["log"]) for entry in entries(tmp_path / "log")] == [
        ("stderr", "x\n"),
        ("stdout", "ab\n"),
    ]


def test_a_last_line_without_newline_is_kept_as_it_is(tmp_path: Path) -> None:
    log = driver(tmp_path / "log")
    log.write(STDOUT, b"one\nend")
    assert [entry["log"] for entry in entries(tmp_path / "log")] == ["one\n"]
    log.close()
    assert [entry["log"] for entry in entries(tmp_path / "log")] == ["one\n", "end"]


def test_a_long_line_is_cut_at_sixteen_kibibytes(tmp_path: Path) -> None:
    log = driver(tmp_path / "log")
    log.write(STDOUT, b"x" * 40_000 + b"\nshort\n")
    assert [len(entry["log"]) for entry in entries(tmp_path / "log")] == [16384, 16384, 7233, 6]


@pytest.mark.parametrize("size", [16383, 16384, 16385, 32768])
def test_lines_around_the_limit_keep_every_byte(tmp_path: Path, size: int) -> None:
    log = driver(tmp_path / "log")
    text = b"y" * size + b"\n" + b"z" * size
    log.write(STDOUT, text)
    log.close()
    assert written(tmp_path / "log") == text
    assert max(len(entry["log"]) for entry in entries(tmp_path / "log")) <= 16385


@pytest.mark.parametrize("character", ["é", "€", "𝄞"])
def test_a_cut_does_not_tear_a_character(character: str) -> None:
    text = character.encode() * 10_000
    for limit in range(1000, 1004):
        assert text[: cut_before(text, limit)].decode()


@pytest.mark.parametrize(
    "text",
    [
        b'quotes " and \\ and \\n and tabs\t\r\n',
        "ünïcödé €𝄞 \x7f\ue000\ufdd0\n".encode(),
        b"\x00\x1b[31mred\x1b[0m\n",
        b"\xff\xfe not utf-8 \xc3\n\x80\n",
        b"\n\n\n",
        b"\xed\xb2\x80 an encoded surrogate\n",
        bytes(range(256)) * 3,
    ],
    ids=["escapes", "marks", "control", "invalid", "empty", "surrogate", "all"],
)
def test_every_byte_survives(tmp_path: Path, text: bytes) -> None:
    log = driver(tmp_path / "log")
    log.write(STDOUT, text)
    log.close()
    assert written(tmp_path / "log") == text


def test_random_pieces_of_random_bytes_survive(tmp_path: Path) -> None:
    chance = random.Random(7)
    text = bytes(chance.choices(b'ab\n\xc3\xa9\xff"\\\x7f', k=200_000))
    log = driver(tmp_path / "log")
    at = 0
    while at < len(text):
        size = chance.choice([1, 10, 1000, 65536])
        log.write(STDOUT, text[at : at + size])
        at += size
    log.close()
    assert written(tmp_path / "log") == text


def test_lines_of_one_piece_are_rendered_like_single_lines() -> None:
    assert render_entries(b"a\nb", "T}\n") == b'{"log":"a\\n",T}\n{"log":"b",T}\n'


# --- rotation ---------------------------------------------------------------------------------------------


def test_files_turn_over_between_entries_and_the_oldest_goes(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = driver(path, max_size=1000, max_file=3)
    for number in range(100):
        log.write(STDOUT, b"line %d\n" % number)
    log.close()
    assert sorted(os.listdir(tmp_path)) == ["log", "log.1", "log.2"]
    numbers = [
        int(entry["log"].split()[1])
        for name in ("log.2", "log.1", "log")
        for entry in entries(tmp_path / name)
    ]
    assert numbers == list(range(numbers[0], 100))


def test_a_file_exceeds_its_size_by_less_than_an_entry(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = driver(path, max_size=1000, max_file=50)
    log.write(STDOUT, b"".join(b"line %d\n" % number for number in range(200)))
    log.close()
    sizes = [file.stat().st_size for file in tmp_path.iterdir() if file != path]
    assert len(sizes) > 10
    assert all(1000 <= size < 1100 for size in sizes)


def test_one_file_at_most_begins_anew(tmp_path: Path) -> None:
    log = driver(tmp_path / "log", max_size=500, max_file=1)
    for number in range(50):
        log.write(STDOUT, b"line %d\n" % number)
    assert os.listdir(tmp_path) == ["log"]
    assert (tmp_path / "log").stat().st_size < 700


def test_a_log_goes_on_where_an_earlier_run_ended(tmp_path: Path) -> None:
    for word in (b"one\n", b"two\n"):
        log = driver(tmp_path / "log", max_size=10_000)
        log.write(STDOUT, word)
        log.close()
    assert written(tmp_path / "log") == b"one\ntwo\n"


@pytest.mark.parametrize("torn", [b'{"log":"ha', b"x" * 10_000, b""])
def test_half_an_entry_of_a_killed_monitor_is_taken_away(tmp_path: Path, torn: bytes) -> None:
    whole = b'{"log":"one\\n","stream":"stdout","time":"2024-01-01T00:00:00Z"}\n'
    (tmp_path / "log").write_bytes(whole + torn)
    driver(tmp_path / "log").close()
    assert (tmp_path / "log").read_bytes() == whole


# --- a full disk ------------------------------------------------------------------------------------------


def test_a_full_disk_costs_entries_but_leaves_the_log_valid_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = driver(tmp_path / "log")
    log.write(STDOUT, b"before\n")
    room = [30]
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        size, room[0] = room[0], 0
        return write(descriptor, data[:size])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        log.write(STDOUT, b"lost\n")
        log.write(STDOUT, b"lost too\n")
    log.write(STDOUT, b"after\n")
    log.close()
    texts = [entry["log"] for entry in entries(tmp_path / "log")]
    assert texts[0] == "before\n"
    assert "bytes of the log are missing here: No space left on device" in texts[1]
    assert texts[2:] == ["after\n"]


def test_a_log_that_can_not_be_opened_troubles_nobody(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "log"
    log = driver(path)
    log.write(STDOUT, b"lost\n")
    path.parent.mkdir()
    log.write(STDOUT, b"kept\n")
    log.close()
    assert [entry["log"] for entry in entries(path)][1:] == ["kept\n"]
