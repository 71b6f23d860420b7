"""Pure: the times that `--since` and `--until` take, and how a log shows them.

A time is an `int` of nanoseconds since 1970: finer than a `datetime` can tell, and as log entries have it.
"""

import re
from datetime import UTC, datetime, timedelta

from nerdpy.errors import InvalidArgument
from nerdpy.model.duration import parse_duration

SECOND = 1_000_000_000
_UNIX = r"(?a)(-?\d+)(?:\.(\d{1,9})\d*)?"
_DATE = r"(?a)(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?([Zz]|[+-]\d\d:\d\d)?"


def parse_timestamp(text: str, now: datetime) -> int:
    """`10m` (ago), `2024-05-06`, `2024-05-06T07:08`, RFC 3339, or Unix seconds as `1714979280.5`.

    A time without a zone is the caller's local one, with the summer time of that day. `now` has a zone.
    """
    if matched := re.fullmatch(_UNIX, text):
        sign = -1 if matched[1].startswith("-") else 1
        return int(matched[1]) * SECOND + sign * _fraction(matched[2])
    if matched := re.fullmatch(_DATE, text):
        return _parse_date(text, matched)
    try:
        return _nanoseconds(now) - parse_duration(text) // timedelta(microseconds=1) * 1000
    except InvalidArgument as error:
        raise _malformed(text) from error


def parse_entry_time(text: str) -> int:
    """RFC 3339 with up to nine digits, as log entries have it; ValueError if it is not."""
    moment, _, rest = text.partition(".")
    digits = rest.rstrip("Zz")
    if rest and digits.isdecimal():
        return _nanoseconds(datetime.fromisoformat(f"{moment}+00:00")) + _fraction(digits)
    return _nanoseconds(datetime.fromisoformat(text))


def render_timestamp(nanoseconds: int) -> str:
    """RFC 3339 in UTC with all nine digits, as `docker logs -t` prints it."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def _parse_date(text: str, matched: re.Match[str]) -> int:
    day, hour, minute, second, fraction, zone = matched.groups()
    try:
        moment = datetime.fromisoformat(
            f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{(zone or '').upper()}"
        )
    except ValueError as error:
        raise _malformed(text) from error
    return _nanoseconds(moment.astimezone()) + _fraction(fraction)


def _nanoseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:9].ljust(9, "0"))


def _malformed(text: str) -> InvalidArgument:
    return InvalidArgument(
        f'time "{text}" is malformed',
        hint="write a duration as in 10m, a time as in 2024-05-06T07:08:09Z, or Unix seconds",
    )
