"""What a search asks, and what it shows."""

import json

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError, Unavailable
from nerdpy.registry.search import Hit, Term, is_wanted, parse_hits, parse_search_filters, parse_term

HITS = [
    Hit(name="busybox", stars=3000, is_official=True),
    Hit(name="progrium/busybox", stars=70, is_automated=True),
    Hit(name="odd", stars=0),
]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("busybox", Term("docker.io", "busybox")),
        ("library/busybox", Term("docker.io", "busybox")),
        ("docker.io/library/busybox", Term("docker.io", "busybox")),
        ("team/thing", Term("docker.io", "team/thing")),
        ("quay.io/team/thing", Term("quay.io", "team/thing")),
        ("localhost/thing", Term("localhost", "thing")),
        ("registry:5000/library/x", Term("registry:5000", "library/x")),
        ("a b", Term("docker.io", "a b")),
    ],
)
def test_the_registry_stands_at_the_front(text: str, term: Term) -> None:
    assert parse_term(text) == term


@pytest.mark.parametrize("text", ["https://quay.io/x", "quay.io/", "", "library/"])
def test_what_cannot_be_searched_for_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_term(text)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["busybox", "progrium/busybox", "odd"]),
        (["is-official=true"], ["busybox"]),
        (["IS-OFFICIAL=false"], ["progrium/busybox", "odd"]),
        (["is-automated=1"], ["progrium/busybox"]),
        (["stars=70"], ["busybox", "progrium/busybox"]),
        (["stars=3", "stars=71"], ["busybox"]),
        (["stars=71", "is-official=0"], []),
    ],
)
def test_filters_choose(filters: list[str], names: list[str]) -> None:
    wanted = parse_search_filters(filters)
    assert [hit.name for hit in HITS if is_wanted(hit, wanted)] == names


@pytest.mark.parametrize("text", ["stars", "stars=many", "stars=-1", "is-official=maybe", "name=x"])
def test_a_filter_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(NerdpyError):
        parse_search_filters([text])


def test_results_are_read() -> None:
    one = {"name": "busybox", "description": None, "star_count": 3, "is_official": True, "more": 1}
    assert parse_hits(json.dumps({"results": [one]}).encode(), "x") == [
        Hit(name="busybox", stars=3, is_official=True)
    ]
    assert parse_hits(b'{"results": null}', "x") == []


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"results": [5]}', b'{"results": [{}]}', b"[" * 100_000]
)
def test_malformed_results_are_an_error(data: bytes) -> None:
    with pytest.raises(Unavailable, match="malformed"):
        parse_hits(data, "x")
