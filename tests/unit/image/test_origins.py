"""The labels by which blobs are mounted across repositories."""

import pytest

from nerdpy.image.origins import LONGEST, with_repository


@pytest.mark.parametrize(
    ("value", "repository", "after"),
    [("", "a/b", "a/b"), ("a/b", "a/b", "a/b"), ("c", "a/b", "a/b,c"), ("a,c", "b", "a,b,c")],
)
def test_a_repository_is_noted_once_and_in_order(value: str, repository: str, after: str) -> None:
    assert with_repository("k", value, repository) == after


def test_the_label_stays_within_what_containerd_takes() -> None:
    many = ",".join(f"team/repository-{number:04}" for number in range(300))
    value = with_repository("key", many, "a/new")
    assert len("key") + len(value) <= LONGEST
    assert "a/new" in value.split(",")
    assert "team/repository-0299" in value.split(",")
