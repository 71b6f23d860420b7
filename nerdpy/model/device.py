"""Pure: `--device HOST[:CONTAINER][:PERMISSIONS]`, and names of the Container Device Interface."""

import re

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import DeviceRequest

_CDI = (
    r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?/[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
    r"=[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?"
)
_HINT = "write HOST[:CONTAINER][:PERMISSIONS], as in /dev/sda:/dev/xvdc:r"


def parse_device(text: str) -> DeviceRequest:
    """One device: two parts are a path and permissions, if the second may be permissions."""
    if re.fullmatch(_CDI, text):
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


def _are_permissions(text: str) -> bool:
    return bool(text) and set(text) <= set("rwm") and len(set(text)) == len(text)
