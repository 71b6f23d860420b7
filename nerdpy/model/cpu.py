"""Pure: `--cpus`, and lists of processors."""

import re

from nerdpy.errors import InvalidArgument

PERIOD = 100_000
"""Microseconds: the kernel's default scheduling period, which --cpus counts against."""
SMALLEST_QUOTA = 1_000
"""Microseconds: the kernel refuses less."""
_NUMBER = r"(?ia)(-?)(\d*)\.?(\d*)(?:e\+?(\d{1,2}))?|(\d+)/(\d+)"
_LIST = r"(?a)\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*"


def parse_cpus(text: str) -> int:
    """`1.5` processors -> 150000 microseconds in each period of 100000; 0 sets no limit."""
    quota, rest = divmod(parse_nano_cpus(text) * PERIOD, 10**9)
    if (quota or rest) and quota < SMALLEST_QUOTA:
        raise InvalidArgument(f'"{text}" cpus are too few', hint="the smallest share is 0.01")
    return quota


def parse_nano_cpus(text: str) -> int:
    """Billionths of a processor; more than nine digits after the point are refused, as docker does."""
    matched = re.fullmatch(_NUMBER, text)
    if not matched or not any(matched.groups()[1:]):
        raise InvalidArgument(f'"{text}" is not a number of cpus', hint="write it as in 0.5, 1.5 or 2")
    sign, whole, fraction, exponent, above, below = matched.groups()
    if below is not None:
        numerator, denominator = int(above), int(below)
    else:
        numerator = int((whole or "0") + fraction) * 10 ** int(exponent or 0)
        denominator = 10 ** len(fraction)
    if denominator == 0:
        raise InvalidArgument(f'"{text}" is not a number of cpus')
    if sign and numerator:
        raise InvalidArgument(
            f'"{text}" cpus: the number cannot be negative', hint="leave the flag out for no limit"
        )
    nano, rest = divmod(numerator * 10**9, denominator)
    if rest:
        raise InvalidArgument(f'"{text}" cpus: the value is too precise', hint="use at most nine decimals")
    return nano


def parse_cpuset(text: str, what: str) -> str:
    """`0-3,5`: processors or memory nodes, as cpuset(7) writes them."""
    if text and not re.fullmatch(_LIST, text):
        raise InvalidArgument(f'invalid value "{text}" for {what}', hint="write it as in 0-3 or 0,2")
    for part in text.split(",") if text else ():
        first, dash, last = part.partition("-")
        if dash and int(last) < int(first):
            raise InvalidArgument(f'invalid value "{text}" for {what}: "{part}" ends before it starts')
    return text
