"""Pure: what containers, networks and volumes may be called."""

import re

from nerdpy.errors import InvalidArgument

_IDENTIFIER = r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"
_HOSTNAME = r"[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9_])?"
LONGEST_NAME = 200
"""A name is also a file's name, with a suffix."""
LONGEST_HOSTNAME = 64
"""The kernel's limit (`sethostname`)."""


def is_identifier(text: str) -> bool:
    """Does docker's rule allow it?"""
    return bool(re.fullmatch(_IDENTIFIER, text)) and len(text) <= LONGEST_NAME


def parse_identifier(text: str, what: str, least: str = ", two characters at least") -> str:
    """`text` if it may be the name of `what` ("container", "volume", ...); `least` is told of others."""
    if len(text) > LONGEST_NAME:
        raise InvalidArgument(
            f"{what} name is {len(text)} characters long: at most {LONGEST_NAME} are allowed"
        )
    if is_identifier(text):
        return text
    raise InvalidArgument(
        f'invalid {what} name "{text}": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed{least}',
        hint="start with a letter or digit; after it letters, digits, `_`, `.` and `-` may follow",
    )


def is_network_name(text: str) -> bool:
    """Like an identifier, but a single letter may be one, as with docker."""
    return is_identifier(text) or bool(re.fullmatch("[a-zA-Z0-9]", text))


def parse_network_name(text: str) -> str:
    """`text` if it may be a network's name."""
    return text if is_network_name(text) else parse_identifier(text, "network", least="")


def parse_container_name(text: str) -> str:
    """`text` without the slash that docker's API puts before names."""
    return parse_identifier(text.removeprefix("/"), "container")


def parse_hostname(text: str) -> str:
    """`text` if it may be a host's name; dots are allowed."""
    if len(text) > LONGEST_HOSTNAME:
        raise InvalidArgument(f'hostname "{text}" is longer than {LONGEST_HOSTNAME} characters')
    if not re.fullmatch(_HOSTNAME, text):
        raise InvalidArgument(
            f'invalid hostname "{text}"',
            hint="use letters, digits, `-`, `_` and dots; no `-` or dot at the ends",
        )
    return text


def is_full_id(text: str) -> bool:
    """Are these the 64 hexadecimal digits that nerdpy gives its containers for an id?"""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
