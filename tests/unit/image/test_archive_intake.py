"""Which digest a member's name promises."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_intake import expected_digest


def test_a_blob_is_called_by_its_digest() -> None:
    assert expected_digest("blobs/sha256/" + "a" * 64) == "sha256:" + "a" * 64


def test_other_members_promise_nothing() -> None:
    assert expected_digest("layer.tar") == expected_digest("a/blobs/sha256/x") == ""


@pytest.mark.parametrize(
    "name",
    ["blobs/sha256/x", "blobs/md5/" + "a" * 32, "blobs/sha512/" + "a" * 128, "blobs/sha256/" + "G" * 64],
)
def test_a_name_that_is_no_digest_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgument, match="whose name is no sha256 digest"):
        expected_digest(name)
