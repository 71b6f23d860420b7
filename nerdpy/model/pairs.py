"""Pure: `key=value` texts, one CSV record of them, and Go's booleans, as docker's flags read them."""

import re

from nerdpy.errors import InvalidArgument

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_FIELD = r'"((?:[^"]|"")*)"(?=,|$)|([^,"]*)(?=,|$)'


def parse_pair(text: str, what: str) -> tuple[str, str]:
    """`K=V`, or `K` with an empty value; `what` names the thing in the error."""
    key, _, value = text.partition("=")
    if not key:
        raise InvalidArgument(f'invalid {what} "{text}": empty name', hint="write NAME=VALUE")
    return key, value


def parse_setting(text: str) -> tuple[str, str]:
    """`FILE=VALUE`, both said: the name of a file in a cgroup, and what to write into it."""
    key, equals, value = text.partition("=")
    if not equals or not key or not value or "/" in key or key.strip() != key:
        raise InvalidArgument("it is not KEY=VALUE", hint="as in memory.high=1G")
    return key, value


def parse_switch(text: str, what: str) -> bool:
    """Go's spellings of true and false."""
    if text in TRUE | FALSE:
        return text in TRUE
    raise InvalidArgument(f'invalid value for {what}: "{text}"', hint="use true or false")


def split_record(text: str) -> list[str]:
    """The fields of one CSV record (RFC 4180): commas part them, unless a field is in double quotes."""
    if "\n" in text or "\r" in text:
        raise InvalidArgument(f"{text!r} has more than one line")
    fields, position = [], 0
    while position <= len(text):
        found = re.match(_FIELD, text[position:])
        if not found:
            raise InvalidArgument(
                f"bare double quote in {text}",
                hint="put the whole field in quotes, as in '\"src=/a,b\",target=/c'",
            )
        fields.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        position += found.end() + 1
    return fields
