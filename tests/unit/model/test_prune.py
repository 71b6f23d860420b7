"""Which filters of the prunes let go what."""

from datetime import UTC, datetime, timedelta

import pytest

from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.prune import parse_prune_filters

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(hours=2), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("filters", "labels", "made", "fits"),
    [
        ((), {}, OLD, True),
        (("until=1h",), {}, OLD, True),
        (("until=1h",), {}, YOUNG, False),
        (("until=1h",), {}, None, False),
        (("until=2026-01-02T11:00:00Z",), {}, OLD, True),
        (("label=a",), {"a": "1"}, OLD, True),
        (("label=a",), {}, OLD, False),
        (("label=a=1", "label=b"), {"a": "1"}, OLD, False),
        (("label!=a",), {"a": "1"}, OLD, False),
        (("label!=a=2",), {"a": "1"}, OLD, True),
        (("label!=a", "label!=b"), {"b": ""}, OLD, False),
        (("until=1h", "until=1h"), {}, OLD, True),
    ],
)
def test_filters_let_go_what_fits_all_of_them(
    filters: tuple[str, ...], labels: dict[str, str], made: datetime | None, fits: bool
) -> None:
    assert parse_prune_filters(filters, NOW).fits(labels, made) is fits


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (("until=1h", "until=2h"), "more than one until"),
        (("until=soon",), "malformed"),
        (("name=x",), 'invalid filter "name"'),
    ],
)
def test_what_cannot_be_meant_is_refused(filters: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        parse_prune_filters(filters, NOW)


def test_a_filter_without_a_value_is_bad_usage() -> None:
    with pytest.raises(UsageError, match="bad format"):
        parse_prune_filters(["label"], NOW)
