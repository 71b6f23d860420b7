"""Pure: `--driver-opt` of one container's connection (docker's endpoint options)."""

import re

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.pairs import split_record

IFNAME = "com.docker.network.endpoint.ifname"
"""The interface's name inside the container."""
SYSCTLS = "com.docker.network.endpoint.sysctls"
"""`net.ipv4.conf.IFNAME.log_martians=1`, more of them between commas; IFNAME stands for the interface."""
PLACE = "IFNAME"
_SYSCTL = r"net(?:\.[A-Za-z0-9_-]+){2,3}\.(?i:IFNAME)\.[A-Za-z0-9_-]+"
_INTERFACE = r"[A-Za-z0-9_.-]{1,15}"
"""The kernel takes 15 bytes (IFNAMSIZ) without `/`, `:` and blanks; we take what no shell minds."""
_TAKEN = frozenset({"lo", "all", "default", ".", ".."})


@dataclass(frozen=True)
class Sysctl:
    """One file below /proc/sys/net, with `IFNAME` in place of the interface."""

    name: str
    value: str

    def path(self, interface: str) -> str:
        """Of the file for this interface."""
        parts = [interface if part == PLACE else part for part in self.name.split(".")]
        return "/proc/sys/" + "/".join(parts)


def parse_endpoint_option(text: str) -> tuple[str, str]:
    """`KEY=VALUE`, the key known and the value right; InvalidArgument otherwise."""
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise InvalidArgument(
            f'invalid key value pair format in driver options: "{text}"', hint="write --driver-opt KEY=VALUE"
        )
    if key == IFNAME:
        parse_interface(value)
    elif key == SYSCTLS:
        parse_sysctls(value)
    else:
        raise InvalidArgument(f'unknown driver option "{key}"', hint=f"known are {IFNAME} and {SYSCTLS}")
    return key, value


def parse_interface(text: str) -> str:
    """The name of an interface inside."""
    if not re.fullmatch(_INTERFACE, text) or text in _TAKEN:
        raise InvalidArgument(
            f'invalid interface name "{text}"',
            hint="1 to 15 letters, digits, `_`, `.` and `-`, other than lo, all and default",
        )
    return text


def parse_sysctls(text: str) -> tuple[Sysctl, ...]:
    """The settings of one option."""
    found = []
    for one in split_record(text):
        name, equals, value = one.strip().partition("=")
        if not equals or not value or not re.fullmatch(_SYSCTL, name):
            raise InvalidArgument(
                f'invalid sysctl "{one}" of an interface',
                hint=f"write net.X.Y.{PLACE}.Z=VALUE, as in net.ipv4.conf.{PLACE}.log_martians=1",
            )
        found.append(Sysctl(re.sub(rf"(?i)\.{PLACE}\.", f".{PLACE}.", name), value))
    return tuple(found)
