"""Which snapshot stands on which."""

import pytest

from nerdpy.container.ancestry import stands_on

PARENTS = {"active": "c", "c": "b", "b": "a", "a": "", "x": "y", "y": "x"}


@pytest.mark.parametrize(
    ("key", "tops", "expected"),
    [
        ("active", {"c"}, True),
        ("active", {"a"}, True),
        ("b", {"c"}, False),
        ("active", {"other"}, False),
        ("gone", {"a"}, False),
        ("", {""}, False),
        ("x", {"a"}, False),
    ],
)
def test_a_snapshot_stands_on_all_below_it(key: str, tops: set[str], expected: bool) -> None:
    assert stands_on(key, tops, PARENTS) is expected
