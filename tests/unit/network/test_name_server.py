"""What a name server that did not start has said."""

import pytest

from nerdpy.network.name_server import reason_in


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Error from child process\nError starting server: no file\n",
            "Error starting server: no file",
        ),
        (
            "Error starting server: no file\nError from child process\n",
            "Error starting server: no file",
        ),
        ("", ""),
    ],
)
def test_the_line_that_tells_the_reason_is_taken(said: str, expected: str) -> None:
    assert reason_in(said) == expected
