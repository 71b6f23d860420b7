"""Pure: `--device HOST[:CONTAINER][:PERMISSIONS]`, and names of the Container Device Interface."""

import re

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import DeviceRequest, DeviceRule

CDI_VENDOR = r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
CDI_CLASS = CDI_VENDOR
"""With dots since version 0.6.0 of the interface."""
CDI_DEVICE = r"[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?"
_RULE = r"(?a)([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})"
_HINT = "write HOST[:CONTAINER][:PERMISSIONS], as in /dev/sda:/dev/xvdc:r"


def is_cdi_name(text: str) -> bool:
    """Is it the whole name of a device of the Container Device Interface?"""
    return re.fullmatch(f"{CDI_VENDOR}/{CDI_CLASS}={CDI_DEVICE}", text) is not None


def parse_device(text: str) -> DeviceRequest:
    """One device: two parts are a path and permissions, if the second may be permissions."""
    if is_cdi_name(text):
        return DeviceRequest(cdi=text)
    parts = text.split(":")
    if len(parts) > 3 or not text:
        raise InvalidArgument(f'bad format for device "{text}"', hint=_HINT)
    host, container, permissions = parts[0], "", "rwm"
    if len(parts) == 3:
        container, permissions = parts[1], parts[2]
        if not _are_permissions(permissions):
            raise InvalidArgument(f'bad device permissions "{permissions}"', hint="use letters of rwm")
    elif len(parts) == 2 and _are_permissions(parts[1]):
        permissions = parts[1]
    elif len(parts) == 2:
        container = parts[1]
    for path in (host, container) if container or len(parts) == 3 else (host,):
        if not path.startswith("/"):
            raise InvalidArgument(f'device path "{path}" is not absolute', hint=_HINT)
    return DeviceRequest(host=host, container=container or host, permissions=permissions)


def parse_device_rule(text: str) -> DeviceRule:
    """`c 13:* rmw`: a type (a for all), major and minor number or `*`, and what is allowed."""
    found = re.fullmatch(_RULE, text)
    if not found or len(set(found[4])) != len(found[4]):
        raise InvalidArgument(
            "it is not TYPE MAJOR:MINOR PERMISSIONS",
            hint="as in 'c 13:* rmw': type a, b or c, letters of rwm",
        )
    major, minor = (None if number == "*" else int(number) for number in (found[2], found[3]))
    return DeviceRule(type=found[1], major=major, minor=minor, permissions=found[4], given=text)


def _are_permissions(text: str) -> bool:
    return bool(text) and set(text) <= set("rwm") and len(set(text)) == len(text)
