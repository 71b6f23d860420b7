"""How the monitor's calls of nerdpy find what nerdpy needs."""

import pytest

from nerdpy.container.monitoring import search_path


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("", ["/own"]),
        ("/own", ["/own"]),
        ("/own:/libraries", ["/own", "/libraries"]),
        ("/libraries:/own:/libraries", ["/own", "/libraries"]),
        (":.:relative:/libraries/", ["/own", "/libraries/"]),
    ],
)
def test_libraries_named_by_the_caller_are_found_from_anywhere(told: str, path: list[str]) -> None:
    assert search_path("/own", told) == path
