"""Words of Dockerfile instructions."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.shell_words import expand, split_words

KNOWN = {"a": "1", "empty": "", "path": "/x/y"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("k='two words' l=\"x y\"", ["k='two words'", 'l="x y"']),
        (r"a\ b c", [r"a\ b", "c"]),
        (r'"a\" b" c', [r'"a\" b"', "c"]),
        ("'it\\'", ["'it\\'"]),
        ("", []),
    ],
)
def test_words_are_split_outside_of_quotes(text: str, expected: list[str]) -> None:
    assert split_words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$a", "1"),
        ("${a}b$none.", "1b."),
        ("'$a'", "$a"),
        ('"$a $path"', "1 /x/y"),
        (r"\$a", "$a"),
        (r'"\$a \n \" \\"', r"$a \n " + '" \\'),
        ("${none:-other}", "other"),
        ("${empty:-other}", "other"),
        ("${empty-other}", ""),
        ("${none-$a}", "1"),
        ("${a:+yes}", "yes"),
        ("${empty:+yes}", ""),
        ("${empty+yes}", "yes"),
        ("${none+yes}", ""),
        ("$", "$"),
        ("$1", "$1"),
        ("${none:-${a}}", "1"),
        ("end\\", "end\\"),
    ],
)
def test_variables_and_quotes_are_taken_out(word: str, expected: str) -> None:
    assert expand(word, KNOWN) == expected


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("'open", "' is missing"),
        ('"open', '" is missing'),
        ("${a:-open", "} is missing"),
        ("${a", "unsupported modifier"),
        ("${a/b/c}", "unsupported modifier"),
        ("${none:?must be there}", "none: must be there"),
        ("${none?}", "none: is not set"),
    ],
)
def test_what_is_malformed_is_refused(word: str, message: str) -> None:
    with pytest.raises(InvalidArgument) as error:
        expand(word, KNOWN)
    assert message in error.value.message
