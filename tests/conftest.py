"""What all tests share: golden files, and the flag that rewrites them."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]
"""`golden("spec/default.json", text)`: compare `text` with the file below tests/golden."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden with today's output")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare text with a file under tests/golden; `--update-golden` rewrites the file instead."""
    is_updating = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if is_updating:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"{path} does not exist: run `pytest --update-golden` and review the diff"
        assert text == path.read_text(), f"not what {path.relative_to(GOLDEN.parent)} says"

    return compare
