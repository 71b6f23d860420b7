"""What is in a folder of the store; each of them is made when something comes into it."""

import os
from pathlib import Path


def names_in(folder: Path) -> list[str]:
    """The names, in no order; none when there is no such folder."""
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
