"""Output becomes messages: a line each, long lines in pieces."""

import pytest

from nerdpy.logs.drivers.json_file import ENTRY_LIMIT
from nerdpy.logs.drivers.lines import LineDriver, Message
from nerdpy.model.monitor import STDERR, STDOUT


class Kept(LineDriver):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.has_ended = False

    def send(self, messages: list[Message]) -> None:
        self.messages += messages

    def end(self) -> None:
        self.has_ended = True


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"one\ntwo\n"], [b"one", b"two"]),
        ([b"o", b"ne\ntw", b"o"], [b"one", b"two"]),
        ([b"\n\n"], [b"", b""]),
        ([b"tty\r\n"], [b"tty\r"]),
        ([b""], []),
    ],
)
def test_each_line_is_a_message_however_it_comes(pieces: list[bytes], lines: list[bytes]) -> None:
    driver = Kept()
    for piece in pieces:
        driver.write(STDOUT, piece)
    driver.close()
    assert [message.text for message in driver.messages] == lines
    assert not any(message.is_partial for message in driver.messages)
    assert driver.has_ended


def test_the_streams_do_not_mix() -> None:
    driver = Kept()
    for stream, data in ((STDOUT, b"a"), (STDERR, b"b\n"), (STDOUT, b"c\n")):
        driver.write(stream, data)
    assert [(message.stream, message.text) for message in driver.messages] == [
        (STDERR, b"b"),
        (STDOUT, b"ac"),
    ]


@pytest.mark.parametrize("step", [1000, 16 << 10, 1 << 20])
def test_a_long_line_is_pieces_that_belong_together(step: int) -> None:
    line = b"x" * (2 * ENTRY_LIMIT + 10)
    data = line + b"\nshort\n"
    driver = Kept()
    for at in range(0, len(data), step):
        driver.write(STDOUT, data[at : at + step])
    *pieces, short = driver.messages
    assert b"".join(piece.text for piece in pieces) == line
    assert [(len(piece.text), piece.number, piece.is_last) for piece in pieces] == [
        (ENTRY_LIMIT, 1, False),
        (ENTRY_LIMIT, 2, False),
        (10, 3, True),
    ]
    assert len({piece.part_of for piece in pieces}) == 1
    assert (short.text, short.is_partial) == (b"short", False)


def test_no_character_is_torn() -> None:
    driver = Kept()
    driver.write(STDOUT, b"x" + "ü".encode() * ENTRY_LIMIT + b"\n")
    assert len(driver.messages) > 1
    for message in driver.messages:
        message.text.decode()


def test_a_message_is_as_old_as_its_piece_of_output() -> None:
    driver = Kept()
    driver.moment = 5
    driver.write(STDOUT, b"x\n")
    driver.moment = 0
    driver.write(STDOUT, b"y\n")
    assert driver.messages[0].moment == 5
    assert driver.messages[1].moment > 1 << 60
