"""Pure: what a server wants to see, as it says in `WWW-Authenticate` (RFC 9110, section 11.6.1)."""

import re
from collections.abc import Mapping

from nerdpy.dataclass import dataclass, field

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"({_TOKEN})(?=[ \t,]|\Z)[ \t]*")
_PARAMETER = re.compile(
    rf'({_TOKEN})[ \t]*=[ \t]*(?:({_TOKEN})|"((?:[^"\\]|\\.)*)")[ \t]*(?=,|\Z)', re.DOTALL
)
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|\Z)")
_SEPARATOR = re.compile(r"[ \t]*(?:,[ \t]*)*")


@dataclass(frozen=True)
class Challenge:
    """One scheme, in lower case, with its parameters; their names in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter; empty if it was not given."""
        return self.parameters.get(name, "")


def parse_challenges(text: str) -> list[Challenge]:
    """All challenges of a header, in its order. What is malformed ends the reading: the rest is left out.

    Commas stand between challenges and between parameters alike, so a word followed by `=` is a parameter
    and any other a new scheme.
    """
    challenges: list[Challenge] = []
    at = _skip(text, 0)
    while at < len(text) and (found := _SCHEME.match(text, at)):
        parameters: dict[str, str] = {}
        at = _read_parameters(text, found.end(), parameters)
        challenges.append(Challenge(found[1].lower(), parameters))
    return challenges


def _read_parameters(text: str, at: int, parameters: dict[str, str]) -> int:
    """Fill `parameters` with those that begin at `at`; where the next challenge begins."""
    if _PARAMETER.match(text, at) is None and (lump := _TOKEN68.match(text, at)):
        return _skip(text, lump.end()) if text[at - 1 : at] in {" ", "\t"} else at
    while found := _PARAMETER.match(text, at):
        quoted = found[3]
        value = found[2] if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        parameters.setdefault(found[1].lower(), value)
        at = _skip(text, found.end())
    return _skip(text, at)


def _skip(text: str, at: int) -> int:
    found = _SEPARATOR.match(text, at)
    return found.end() if found else at
