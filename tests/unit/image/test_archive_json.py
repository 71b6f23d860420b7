"""JSON of strangers: every value that is not what it should be is refused, none breaks nerdpy."""

from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image import archive_json

DIGEST = "sha256:" + "1" * 64
GOOD: dict[str, Any] = {"mediaType": "a/b", "digest": DIGEST, "size": 3}


def test_a_descriptor_is_read() -> None:
    found = archive_json.descriptor(GOOD | {"platform": {"os": "linux"}, "annotations": {"a": "b"}}, "it")
    assert (found.digest, found.size, found.annotations) == (DIGEST, 3, {"a": "b"})


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "sha256:1",
        {},
        GOOD | {"digest": "sha256:../../x"},
        GOOD | {"digest": "md5:" + "1" * 32},
        GOOD | {"digest": 5},
        GOOD | {"size": -1},
        GOOD | {"size": "3"},
        GOOD | {"size": 1e99},
        GOOD | {"mediaType": []},
        GOOD | {"platform": "linux"},
        GOOD | {"platform": {"os": {}}},
        GOOD | {"annotations": []},
        GOOD | {"annotations": {"a": 1}},
    ],
)
def test_a_malformed_descriptor_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="it is no descriptor"):
        archive_json.descriptor(value, "it")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000], ids=["empty", "open", "no text", "deep"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidArgument, match="it is not JSON"):
        archive_json.parsed(data, "it")


def test_lists_hold_what_they_should() -> None:
    assert archive_json.objects(None, "it") == []
    assert archive_json.texts(None, "it") == []
    several: list[Any] = [{}, "abc", [1], [None]]
    for wrong in several:
        with pytest.raises(InvalidArgument):
            archive_json.objects(wrong, "it")
        with pytest.raises(InvalidArgument):
            archive_json.texts(wrong, "it")
    with pytest.raises(InvalidArgument):
        archive_json.parsed_object(b"[]", "it")
