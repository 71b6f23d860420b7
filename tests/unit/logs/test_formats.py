"""What goes over the wire: syslog's headers, the journal's fields, fluentd's MessagePack."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from nerdpy.logs.driver import Waiter
from nerdpy.logs.drivers.fluentd import Fluentd
from nerdpy.logs.drivers.journald import Journald, render_field
from nerdpy.logs.drivers.lines import Message
from nerdpy.logs.drivers.msgpack import Extension, Value, pack
from nerdpy.logs.drivers.syslog import Syslog, framed, stamp_3164, stamp_5424
from nerdpy.model.monitor import STDERR, STDOUT, LogSettings

MOMENT = 1_767_323_045_123_456_789  # 2026-01-02T03:04:05Z
PART = Message(STDOUT, b"half", MOMENT)
PART.part_of, PART.number, PART.is_last = "ab", 1, False


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "XXX-5:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def syslog(**options: Any) -> Syslog:
    given = {"format": "", "facility": 3, "tag": "web", "network": "tcp", "address": "h:1", **options}
    driver = Syslog(LogSettings(driver="syslog", options=given), Waiter())
    driver._host = "box"
    return driver


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("", b"<30>Jan  2 08:34:05 web[PID]: text"),
        ("rfc3164", b"<30>Jan  2 08:34:05 box web[PID]: text"),
        ("rfc5424", b"<30>1 2026-01-02T08:34:05+05:30 box web PID web - text"),
        ("rfc5424micro", b"<30>1 2026-01-02T08:34:05.123456+05:30 box web PID web - text"),
    ],
)
def test_syslog_headers(monkeypatch: pytest.MonkeyPatch, form: str, pattern: bytes) -> None:
    monkeypatch.setattr("os.getpid", lambda: 77)
    rendered = syslog(format=form).rendered(Message(STDOUT, b"text", MOMENT))
    assert rendered == pattern.replace(b"PID", b"77")


def test_the_priority_is_of_facility_and_stream() -> None:
    assert syslog(facility=16).rendered(Message(STDERR, b"", MOMENT)).startswith(b"<131>")
    assert syslog(facility=0).rendered(Message(STDOUT, b"", MOMENT)).startswith(b"<6>")


def test_stamps_have_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert stamp_5424(MOMENT, with_micros=False) == "2026-01-02T03:04:05Z"
    assert stamp_3164(MOMENT) == "Jan  2 03:04:05"


def test_octets_are_counted_where_messages_have_no_other_end() -> None:
    assert framed("ü".encode(), counts=True) == b"2 \xc3\xbc"
    assert framed(b"x", counts=False) == b"x\n"
    assert syslog(network="tcp+tls", format="rfc5424")._counts
    assert not syslog(network="tcp", format="rfc5424")._counts
    assert not syslog(network="tcp+tls", format="rfc3164")._counts


def test_a_field_of_the_journal_may_have_several_lines() -> None:
    assert render_field("A", b"b=c") == b"A=b=c\n"
    assert render_field("A", b"b\nc") == b"A\n\x03\0\0\0\0\0\0\0b\nc\n"


def test_an_entry_of_the_journal() -> None:
    settings = LogSettings(driver="journald", options={"address": "/x", "fields": {"CONTAINER_NAME": "w"}})
    driver = Journald(settings, Waiter())
    assert driver.rendered(Message(STDERR, b"m", MOMENT)) == (
        b"MESSAGE=m\nPRIORITY=3\nSYSLOG_TIMESTAMP=2026-01-02T08:34:05.123456+05:30\nCONTAINER_NAME=w\n"
    )
    assert driver.rendered(PART).endswith(
        b"CONTAINER_NAME=w\nCONTAINER_PARTIAL_MESSAGE=true\nCONTAINER_PARTIAL_ID=ab\n"
        b"CONTAINER_PARTIAL_ORDINAL=1\nCONTAINER_PARTIAL_LAST=false\n"
    )


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, b"\x00"),
        (127, b"\x7f"),
        (128, b"\xcc\x80"),
        (256, b"\xcd\x01\x00"),
        (1 << 16, b"\xce\x00\x01\x00\x00"),
        (1 << 32, b"\xcf\x00\x00\x00\x01\x00\x00\x00\x00"),
        ("", b"\xa0"),
        ("ü", b"\xa2\xc3\xbc"),
        (b"\xff", b"\xa1\xff"),
        ("x" * 31, b"\xbf" + b"x" * 31),
        ("x" * 32, b"\xd9\x20" + b"x" * 32),
        ("x" * 256, b"\xda\x01\x00" + b"x" * 256),
        ("x" * (1 << 16), b"\xdb\x00\x01\x00\x00" + b"x" * (1 << 16)),
        ([1, "a"], b"\x92\x01\xa1a"),
        ([0] * 16, b"\xdc\x00\x10" + b"\0" * 16),
        ({}, b"\x80"),
        ({"a": 1}, b"\x81\xa1a\x01"),
        (
            {str(n): n for n in range(16)},
            b"\xde\x00\x10" + b"".join(pack(str(n)) + pack(n) for n in range(16)),
        ),
        (Extension(0, b"12345678"), b"\xd7\x0012345678"),
    ],
)
def test_message_pack(value: Any, data: bytes) -> None:
    assert pack(value) == data


def fluentd(**options: Any) -> Fluentd:
    given = {"network": "tcp", "address": "h:1", "tag": "t", "record": {"container_name": "/w"}, **options}
    return Fluentd(LogSettings(driver="fluentd", attributes={"A": "b"}, options=given), Waiter())


def test_an_event_of_fluentd() -> None:
    record: dict[str, Value] = {"container_name": "/w", "A": "b", "source": "stdout", "log": b"\xfftext"}
    seconds, rest = divmod(MOMENT, 1_000_000_000)
    message = Message(STDOUT, b"\xfftext", MOMENT)
    assert fluentd().rendered(message) == pack(["t", seconds, record, {}])
    moment = Extension(0, seconds.to_bytes(4) + rest.to_bytes(4))
    assert fluentd(sub_second=True).rendered(message, "c") == pack(["t", moment, record, {"chunk": "c"}])


def test_a_piece_of_a_line_says_so_to_fluentd() -> None:
    parts = {"partial_message": "true", "partial_id": "ab", "partial_ordinal": "1", "partial_last": "false"}
    assert (
        fluentd()
        .rendered(PART)
        .endswith(b"".join(pack(key) + pack(item) for key, item in parts.items()) + b"\x80")
    )
