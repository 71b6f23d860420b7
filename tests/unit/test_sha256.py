"""The small SHA-256 is SHA-256."""

import hashlib

import pytest

from nerdpy.sha256 import hexdigest


@pytest.mark.parametrize("text", ["", "bridge", "é" * 1000])
def test_it_is_the_standard_one(text: str) -> None:
    assert hexdigest(text) == hashlib.sha256(text.encode()).hexdigest()


def test_bytes_that_are_no_text_are_refused_unless_they_are_asked_for() -> None:
    assert hexdigest("\udcff", "surrogateescape") == hashlib.sha256(b"\xff").hexdigest()
    with pytest.raises(UnicodeEncodeError):
        hexdigest("\udcff")
