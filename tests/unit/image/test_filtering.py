"""Globs as Go's path.Match has them, and the filters on names."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.filtering import KEYS, check_filters, glob, matches_name
from nerdpy.image.names import shown_name
from nerdpy.model.filters import parse_filters


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("busybox", "busybox", True),
        ("busy*", "busybox", True),
        ("*", "user/thing", False),
        ("*/*", "user/thing", True),
        ("b?sybox", "busybox", True),
        ("b?", "b/", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("a.c", "abc", False),
        ("busybox", "busybox2", False),
        ("*:1", "busybox:1", True),
    ],
)
def test_a_glob_stops_at_slashes(pattern: str, text: str, is_match: bool) -> None:
    assert glob(pattern)(text) is is_match


@pytest.mark.parametrize("pattern", ["[", "[a", "[z-a]x"])
def test_a_malformed_glob_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidArgument):
        check_filters(parse_filters([f"reference={pattern}"], KEYS))


@pytest.mark.parametrize(
    ("filters", "is_match"),
    [
        ([], True),
        (["reference=busybox"], True),
        (["reference=busybox:1"], True),
        (["reference=docker.io/library/busy*"], True),
        (["reference=nginx"], False),
        (["reference=nginx", "reference=busybox"], True),
        (["dangling=true"], False),
        (["dangling=false"], True),
    ],
)
def test_a_name_fits_its_filters(filters: list[str], is_match: bool) -> None:
    name = shown_name("docker.io/library/busybox:1")
    assert matches_name(name, parse_filters(filters, KEYS)) is is_match
