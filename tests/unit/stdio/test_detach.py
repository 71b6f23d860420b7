"""The detach keys are found however they arrive, and nothing else is lost."""

import pytest

from nerdpy.stdio.detach import DetachMatcher

PQ = b"\x10\x11"


@pytest.mark.parametrize(
    ("keys", "typed", "forwarded", "is_detached"),
    [
        (PQ, [b"abc"], b"abc", False),
        (PQ, [b"\x10\x11"], b"", True),
        (PQ, [b"\x10", b"\x11"], b"", True),
        (PQ, [b"ab\x10", b"\x11cd"], b"ab", True),
        (PQ, [b"\x10", b"x"], b"\x10x", False),
        (PQ, [b"\x10", b"\x10", b"\x11"], b"\x10", True),
        (PQ, [b"\x11\x10"], b"\x11", False),
        (b"aab", [b"a", b"a", b"a", b"b"], b"a", True),
        (b"aab", [b"aaaac"], b"aaaac", False),
        (b"a", [b"xa"], b"x", True),
        (b"", [b"\x10\x11", b"x"], b"\x10\x11x", False),
    ],
)
def test_the_sequence_across_pieces(
    keys: bytes, typed: list[bytes], forwarded: bytes, is_detached: bool
) -> None:
    matcher = DetachMatcher(keys)
    found = b""
    for piece in typed:
        passed, is_over = matcher.feed(piece)
        found += passed
        if is_over:
            break
    assert (found, is_over) == (forwarded, is_detached)


def test_what_was_held_back_comes_out_at_the_end_of_input() -> None:
    matcher = DetachMatcher(PQ)
    assert matcher.feed(b"x\x10") == (b"x", False)
    assert matcher.rest() == b"\x10"
    assert matcher.rest() == b""
