"""Pure: `--filter` of the prunes: `until=TIME`, `label=K[=V]` and `label!=K[=V]`, as docker has them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.filters import Filters, parse_filters
from nerdpy.model.timestamps import parse_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNWANTED = "label!"
KEYS = ("until", "label", UNWANTED)


@dataclass(frozen=True, kw_only=True)
class PruneFilters:
    """What may be pruned; without any filter all that is unused."""

    filters: Filters
    until: datetime | None = None
    """Only what was made before."""

    def fits(self, labels: Mapping[str, str], created_at: datetime | None) -> bool:
        """Every `label` must be there, none of `label!`; what has no age is kept when ages count."""
        if self.until is not None and (created_at is None or created_at >= self.until):
            return False
        if any(_has(labels, text) for text in self.filters.get(UNWANTED)):
            return False
        return self.filters.matches_labels(labels)


def parse_prune_filters(texts: Iterable[str], now: datetime, keys: Collection[str] = KEYS) -> PruneFilters:
    """InvalidArgument for other keys, for a malformed time, and for two times."""
    filters = parse_filters(texts, keys)
    times = filters.get("until")
    if len(set(times)) > 1:
        raise InvalidArgument("more than one until filter was given", hint="give one time")
    return PruneFilters(filters=filters, until=_moment(times[0], now) if times else None)


def _moment(text: str, now: datetime) -> datetime:
    return _EPOCH + timedelta(microseconds=parse_timestamp(text, now) // 1000)


def _has(labels: Mapping[str, str], text: str) -> bool:
    key, sign, value = text.partition("=")
    return key in labels and (not sign or labels[key] == value)
