"""Many entries at once are what each by itself is."""

import json

import pytest

from nerdpy.logs.entry import parse_entry
from nerdpy.logs.plain import contents


def entry(text: str, stream: str = "stdout", **more: object) -> bytes:
    value = {"log": text, "stream": stream, "time": "2026-01-02T03:04:05.6Z", **more}
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


BLOCKS = [
    entry("plain\n"),
    entry("one\n") + entry("two\n") + entry("bad\n", "stderr") + entry("three\n"),
    entry('quoted "x" and \\\n') + entry("plain\n"),
    entry("half") + entry(" line\n"),
    entry("ümlaut ✓\n") + entry("\n"),
    entry("tab\tand \x07 bell\n"),
    entry("with attributes\n", attrs={"a": "b"}),
    entry("x\n") + b"damage\n" + entry("y\n"),
    entry("x\n") + b'{"log":"torn' + entry("lost\n") + entry("y\n"),
    entry("x\n") + b'{"log":5,"stream":"stdout"}\n' + entry("y\n"),
    entry("x\n") + entry("odd\n", "elsewhere") + entry("y\n"),
    entry("x\n") + b'{"log":"\xff\\n","stream":"stdout","time":""}\n',
    b'{"log":"raw \\udcff byte\\n","stream":"stdout","time":"2026-01-02T03:04:05Z"}\n',
    b'{"log":"lone \\ud800 half\\n","stream":"stdout","time":"2026-01-02T03:04:05Z"}\n',
    b"\n" + entry("after nothing\n"),
    b"[1]\n5\nnull\n",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_the_sum_of_its_entries(block: bytes) -> None:
    parsed = [found for line in block.split(b"\n")[:-1] if (found := parse_entry(line))]
    for stream in ("stdout", "stderr"):
        expected = b"".join(one.content() for one in parsed if one.stream == stream)
        assert b"".join(data for name, data in contents(block) if name == stream) == expected


def test_neighbours_of_one_stream_come_together() -> None:
    found = list(contents(BLOCKS[1]))
    assert found == [("stdout", b"one\ntwo\n"), ("stderr", b"bad\n"), ("stdout", b"three\n")]
