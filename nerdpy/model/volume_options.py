"""Pure: options of the volume driver `local`: `-o type=nfs,device=:/export,o=addr=host,rw` and the like.

The words are docker's; what they mean is said by mount(2): the known words of `o` are flags, all others go to
the filesystem as they are.
"""

import re
from collections.abc import Mapping

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument

_KNOWN = ("type", "o", "device", "size")
_NEEDED = {"device": ("type",), "type": ("device",), "o": ("device", "type")}
_SET = {
    "ro": 0x1,
    "nosuid": 0x2,
    "nodev": 0x4,
    "noexec": 0x8,
    "sync": 0x10,
    "mand": 0x40,
    "dirsync": 0x80,
    "noatime": 0x400,
    "nodiratime": 0x800,
    "bind": 0x1000,
    "rbind": 0x5000,
    "relatime": 0x200000,
    "strictatime": 0x1000000,
}
_CLEARED = {
    "defaults": 0,
    "rw": 0x1,
    "suid": 0x2,
    "dev": 0x4,
    "exec": 0x8,
    "async": 0x10,
    "nomand": 0x40,
    "atime": 0x400,
    "diratime": 0x800,
    "norelatime": 0x200000,
    "nostrictatime": 0x1000000,
}
_KINDS = {"unbindable": 1 << 17, "private": 1 << 18, "slave": 1 << 19, "shared": 1 << 20}
_PROPAGATIONS = _KINDS | {f"r{name}": flag | 0x4000 for name, flag in _KINDS.items()}
BIND = 0x1000
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_RESOLVED = frozenset({"nfs", "nfs4", "cifs"})
_ADDRESS = r"(?<![^,])addr=([^,]*)"
_PASSWORD = r"(?is)\b(password2?|pass|secret)=(?:,,|[^,])*?(?=,(?!,)|\"?\Z)"
"""Up to the next comma that is not one of two; a quote at the very end is that of a message."""
HIDDEN = "********"


@dataclass(frozen=True, kw_only=True)
class DriverMount:
    """What mount(2) is to be called with."""

    type: str
    device: str
    flags: int
    data: str
    propagation: int
    """Of a second call; 0 for none."""

    @property
    def address(self) -> str:
        """The server of a network filesystem, as it was typed: the kernel knows no names."""
        found = re.search(_ADDRESS, self.data) if self.type in _RESOLVED else None
        return found[1] if found else ""

    def at(self, address: str) -> str:
        """`data` with the server's address in place of its name."""
        return re.sub(_ADDRESS, lambda _: f"addr={address}", self.data, count=1)


def check_driver_options(options: Mapping[str, str]) -> None:
    """InvalidArgument for what docker refuses when a volume is made, and for what could not mean the same at
    each start."""
    for name in options:
        if name not in _KNOWN:
            raise InvalidArgument(
                f'invalid option: "{name}"', hint="the driver local knows type=, device= and o="
            )
    if "size" in options:
        raise InvalidArgument(
            "quota size requested but no quota support", hint="a tmpfs takes a size: type=tmpfs, o=size=100m"
        )
    for name, others in _NEEDED.items():
        for other in others if name in options else ():
            if other not in options:
                raise InvalidArgument(f'missing required option: "{other}"')
    if options:
        _check_mount(driver_mount(options))


def driver_mount(options: Mapping[str, str]) -> DriverMount:
    """The mount that the options ask for."""
    flags, propagation, data = 0, 0, list[str]()
    for word in options.get("o", "").split(","):
        if word in _SET:
            flags |= _SET[word]
        elif word in _CLEARED:
            flags &= ~_CLEARED[word]
        elif word in _PROPAGATIONS:
            propagation = _PROPAGATIONS[word]
        elif word:
            data.append(word)
    return DriverMount(
        type=options.get("type", ""),
        device=options.get("device", ""),
        flags=flags,
        data=",".join(data),
        propagation=propagation,
    )


def is_in_memory(options: Mapping[str, str]) -> bool:
    """Is what is written lost when nobody has the volume mounted any more?"""
    return options.get("type") in _IN_MEMORY


def is_at_hand(options: Mapping[str, str]) -> bool:
    """Is it mounted without a server's help? By its device, a path of this machine."""
    device = options.get("device", "/")
    return device.startswith("/") and not device.startswith("//")


def without_secrets(text: str) -> str:
    """Passwords in options of cifs (which writes a comma as two) and keys in those of ceph, blotted out."""
    return re.sub(_PASSWORD, rf"\1={HIDDEN}", text)


def shown_options(options: Mapping[str, str]) -> dict[str, str]:
    """The options as they may be shown."""
    return {name: without_secrets(value) for name, value in options.items()}


def _check_mount(wanted: DriverMount) -> None:
    if not wanted.device:
        raise InvalidArgument("missing device in volume options")
    if "\0" in wanted.device + wanted.type + wanted.data:
        raise InvalidArgument("a volume option has a NUL in it")
    if wanted.flags & BIND and not wanted.device.startswith("/"):
        raise InvalidArgument(
            f'device "{wanted.device}" of a bind is no absolute path', hint="write the folder's whole path"
        )
    if "remount" in wanted.data.split(","):
        raise InvalidArgument('option "remount" makes no mount', hint="leave it out")
