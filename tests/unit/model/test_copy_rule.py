"""docker's rules for what `cp` puts where."""

import pytest

from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.copy_rule import (
    Destination,
    Placement,
    Side,
    Source,
    last_name,
    means_contents,
    parse_side,
    place,
    split,
)

FILE = Source(shown="a", name="a", is_folder=False)
FOLDER = Source(shown="d", name="d", is_folder=True)
CONTENTS = Source(shown="d/.", name="d", is_folder=True, is_contents=True)


def to(path: str, kind: str = "") -> Destination:
    return Destination(shown=path, path=path, exists=bool(kind), is_folder=kind == "folder")


@pytest.mark.parametrize(
    ("source", "destination", "expected"),
    [
        (FILE, to("/x", "folder"), Placement("/x", "a")),
        (FILE, to("/x/", "folder"), Placement("/x/", "a")),
        (FILE, to("/x", "file"), Placement("/", "x")),
        (FILE, to("/y/x"), Placement("/y", "x")),
        (FILE, to("x"), Placement(".", "x")),
        (FOLDER, to("/x", "folder"), Placement("/x", "d")),
        (FOLDER, to("/y/x"), Placement("/y", "x")),
        (FOLDER, to("/y/x/"), Placement("/y", "x")),
        (FOLDER, to("/y/x/."), Placement("/y", "x")),
        (CONTENTS, to("/x", "folder"), Placement("/x", "")),
        (CONTENTS, to("/y/x"), Placement("/y", "x")),
    ],
)
def test_a_copy_goes_where_docker_puts_it(
    source: Source, destination: Destination, expected: Placement
) -> None:
    assert place(source, destination) == expected


@pytest.mark.parametrize(
    ("source", "destination", "text"),
    [
        (FOLDER, to("/x", "file"), 'cannot copy directory "d" onto "/x", which is a file'),
        (CONTENTS, to("/x", "file"), 'cannot copy directory "d/." onto "/x", which is a file'),
        (FILE, to("/x/"), 'no such directory: "/x/"'),
        (FILE, to("/x/."), 'no such directory: "/x/."'),
    ],
)
def test_what_docker_refuses_is_refused(source: Source, destination: Destination, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text.replace(".", "[.]")):
        place(source, destination)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("box:/a", Side(path="/a", container="box")),
        ("k8s://ns/pod/one:/a:b", Side(path="/a:b", container="k8s://ns/pod/one")),
        ("box:a/b:c", Side(path="a/b:c", container="box")),
        ("/a:b", Side(path="/a:b")),
        ("./a:b", Side(path="./a:b")),
        ("../a:b", Side(path="../a:b")),
        (".hidden:x", Side(path=".hidden:x")),
        ("plain", Side(path="plain")),
        ("-", Side(path="-")),
    ],
)
def test_a_side_is_a_container_or_this_machine(text: str, expected: Side) -> None:
    assert parse_side(text, "source") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "source can not be empty"),
        (":/a", "no container before the colon"),
        ("box:", "no path after the colon"),
    ],
)
def test_malformed_sides_are_usage_errors(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_side(text, "source")


def test_names_and_ends_of_paths() -> None:
    assert [last_name(path) for path in ("/", "/a/", "/a/b/..", "/a/./b", "//a", "/..")] == [
        "",
        "a",
        "a",
        "b",
        "a",
        "",
    ]
    assert [means_contents(path) for path in (".", "a/.", "a/./", "a", "a/", "a.")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert [split(path) for path in ("/a", "/a/b/", "/a/b/.", "a/./.")] == [
        ("/", "a"),
        ("/a", "b"),
        ("/a", "b"),
        (".", "a"),
    ]
