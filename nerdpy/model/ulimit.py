"""Pure: `--ulimit NAME=SOFT[:HARD]`."""

import re

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import Ulimit

_WORDS = "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"
NAMES = frozenset(_WORDS.split())
_LIMIT = r"(?a)-1|\d+"


def parse_ulimit(text: str) -> Ulimit:
    """One limit; -1 is unlimited, and one number is both soft and hard."""
    name, equals, values = text.partition("=")
    soft, colon, hard = values.partition(":")
    if not equals:
        raise InvalidArgument(
            f'invalid ulimit "{text}"', hint="write NAME=SOFT[:HARD], as in nofile=1024:2048"
        )
    if name not in NAMES:
        raise InvalidArgument(f'invalid ulimit type "{name}"', hint=f"known are {', '.join(sorted(NAMES))}")
    limits = (soft, hard if colon else soft)
    if not all(re.fullmatch(_LIMIT, limit) for limit in limits):
        raise InvalidArgument(
            f'invalid ulimit "{text}": a limit is a whole number, or -1 for unlimited',
            hint="write NAME=SOFT[:HARD], as in nofile=1024:2048",
        )
    parsed = Ulimit(name=name, soft=int(limits[0]), hard=int(limits[1]))
    if parsed.hard != -1 and (parsed.soft == -1 or parsed.soft > parsed.hard):
        raise InvalidArgument(
            f"ulimit soft limit must be less than or equal to hard limit: {parsed.soft} > {parsed.hard}"
        )
    return parsed
