"""--filter by docker's rules."""

import pytest

from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.filters import Filters, parse_filters

KNOWN = ("name", "label", "status", "id", "dangling")


def parsed(*texts: str) -> Filters:
    return parse_filters(texts, KNOWN)


def test_keys_are_lower_cased_and_values_kept_in_order() -> None:
    filters = parsed("NAME=b", "name= a,c ", "label=k=v=w", "")
    assert filters.values == {"name": ("b", "a,c"), "label": ("k=v=w",)}
    assert "name" in filters
    assert "status" not in filters
    assert filters
    assert not parsed()


def test_a_filter_without_a_value_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="expected name=value") as raised:
        parsed("name")
    assert raised.value.exit_code == 125


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(InvalidArgument, match='invalid filter "nam"') as raised:
        parsed("nam=x")
    assert raised.value.hint == "the filters here are dangling, id, label, name, status"


def test_one_key_twice_is_or_and_a_key_not_given_matches() -> None:
    filters = parsed("status=running", "status=exited")
    assert filters.matches_exactly("status", "exited")
    assert not filters.matches_exactly("status", "paused")
    assert filters.matches_exactly("name", "anything")


@pytest.mark.parametrize(
    ("wanted", "is_match"),
    [
        (["label=a"], True),
        (["label=a=1"], True),
        (["label=a=2"], False),
        (["label=a", "label=b"], True),
        (["label=a", "label=c"], False),
        (["label=b="], True),
        (["label=a="], False),
        ([], True),
    ],
)
def test_labels_are_and(wanted: list[str], is_match: bool) -> None:
    assert parsed(*wanted).matches_labels({"a": "1", "b": ""}) is is_match


@pytest.mark.parametrize(
    ("pattern", "name", "is_match"),
    [
        ("eb", "web", True),
        ("^eb", "web", False),
        ("", "web", True),
        ("a|w", "web", True),
        ("a+(", "a+(", True),
    ],
)
def test_names_are_patterns(pattern: str, name: str, is_match: bool) -> None:
    assert parsed(f"name={pattern}").matches_pattern("name", name) is is_match


def test_a_broken_pattern_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="is no regular expression"):
        parsed("name=(").matches_pattern("name", "web")


def test_ids_are_prefixes_and_an_empty_one_matches_nothing() -> None:
    assert parsed("id=ab").matches_prefix("id", "abc")
    assert not parsed("id=").matches_prefix("id", "abc")
    assert parsed("id=", "id=a").matches_prefix("id", "abc")


def test_booleans_are_true_or_false_and_nothing_else() -> None:
    assert parsed("dangling=1").boolean("dangling") is True
    assert parsed("dangling=False").boolean("dangling") is False
    assert parsed().boolean("dangling") is None
    for wrong in (["dangling=maybe"], ["dangling=true", "dangling=false"]):
        with pytest.raises(InvalidArgument, match="must be true or false"):
            parsed(*wrong).boolean("dangling")
