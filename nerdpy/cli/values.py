"""Pure: the text of a flag's value, read as Go's flag library reads it."""

from collections.abc import Callable
from typing import Any

YES = frozenset({"1", "t", "T", "true", "TRUE", "True"})
NO = frozenset({"0", "f", "F", "false", "FALSE", "False"})


def parse_switch(text: str) -> bool:
    """Go's spellings of a boolean, and no others."""
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueError("must be true or false")


def parse_whole(text: str) -> int:
    """A whole number; `0x10` and `010` mean 16 and 8, as in Go."""
    digits = text.lstrip("+-")
    try:
        return int(text, 8 if digits.startswith("0") and digits.isdigit() else 0)
    except ValueError:
        raise ValueError("must be a whole number") from None


def parse_number(text: str) -> float:
    """A decimal number."""
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number") from None


KINDS: dict[str, Callable[[str], Any]] = {
    "bool": parse_switch,
    "int": parse_whole,
    "float": parse_number,
    "str": str,
    "list": str,
}
"""How each kind of flag reads one value; a list gathers them, and never splits at commas."""
