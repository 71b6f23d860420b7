"""Pure: `--filter key=value` as docker has it: a key given twice is OR, other keys are AND, labels AND.

A listing parses once and asks per object:

    filters = parse_filters(flags.filter, known=("name", "label", "status"))
    filters.matches("status", "running".__eq__) and filters.matches_labels(labels)
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError

_TRUE = {"1", "t", "true"}
_FALSE = {"0", "f", "false"}


@dataclass(frozen=True)
class Filters:
    """Keys in lower case, each with its values in the order given."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, key: str) -> tuple[str, ...]:
        """The values of a key; none if it was not given."""
        return self.values.get(key, ())

    def matches(self, key: str, is_match: Callable[[str], bool]) -> bool:
        """Does any value of `key` match? Yes if the key was not given."""
        return key not in self.values or any(map(is_match, self.values[key]))

    def matches_exactly(self, key: str, *candidates: str) -> bool:
        return self.matches(key, lambda value: value in candidates)

    def matches_prefix(self, key: str, candidate: str) -> bool:
        """Ids: a value is the start of the id; an empty value matches nothing."""
        return self.matches(key, lambda value: value != "" and candidate.startswith(value))

    def matches_pattern(self, key: str, *candidates: str) -> bool:
        """Names: a value is a regular expression that may match anywhere; an empty value matches all."""
        return self.matches(key, lambda value: any(_found(value, each, key) for each in candidates))

    def matches_labels(self, labels: Mapping[str, str], *, key: str = "label") -> bool:
        """Labels: every `key` or `key=value` must be there."""
        return all(_has_label(labels, wanted) for wanted in self.get(key))

    def boolean(self, key: str, default: bool | None = None) -> bool | None:
        """`dangling=true`: one value of true, false, 1, 0; anything else, or two that differ, is an error."""
        values = {value.lower() for value in self.get(key)}
        if not values:
            return default
        if values <= _TRUE:
            return True
        if values <= _FALSE:
            return False
        shown = ", ".join(self.get(key))
        raise InvalidArgument(f'filter "{key}" must be true or false, not "{shown}"')


def _found(pattern: str, text: str, key: str) -> bool:
    if pattern == text:
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error as error:
        raise InvalidArgument(f'filter "{key}={pattern}" is no regular expression: {error}') from error


def _has_label(labels: Mapping[str, str], wanted: str) -> bool:
    key, sign, value = wanted.partition("=")
    return key in labels and (not sign or labels[key] == value)


def parse_filters(texts: Iterable[str], known: Collection[str]) -> Filters:
    """Parse what `--filter` was given; UsageError without `=`, InvalidArgument for a key not in `known`."""
    values: dict[str, tuple[str, ...]] = {}
    for text in texts:
        if not text:
            continue
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(
                f'invalid filter "{text}": bad format of filter (expected name=value)', hint=_hint(known)
            )
        key = key.strip().lower()
        if key not in known:
            raise InvalidArgument(f'invalid filter "{key}"', hint=_hint(known))
        values[key] = (*values.get(key, ()), value.strip())
    return Filters(values)


def _hint(known: Collection[str]) -> str:
    return f"the filters here are {', '.join(sorted(known))}"
