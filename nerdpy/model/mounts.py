"""Pure: what -v, --mount and --tmpfs ask for, and what comes of it."""

from typing import Literal

from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class MountRequest:
    """One mount that was asked for; nothing on the host has been looked at yet."""

    type: Literal["bind", "volume", "tmpfs", "image"]
    source: str = ""
    """bind: a path as typed (already absolute); volume: a name, empty for an anonymous one; image: a
    reference."""
    target: str
    """Absolute path inside the container."""
    read_only: bool = False
    recursive: Literal["", "enabled", "disabled", "writable", "readonly"] = ""
    """--mount bind-recursive; empty is docker's default."""
    propagation: str = ""
    """`rprivate`, `private`, `rshared`, ...; empty is `rprivate`."""
    creates_source: bool = False
    """-v makes a missing host directory; --mount does not."""
    copies_up: bool = True
    """Fill an empty volume from the image (volume-nocopy turns it off)."""
    tmpfs_options: tuple[str, ...] = ()
    """Words of mount(8): `size=64m`, `mode=1777`, `exec`."""
    relabel: Literal["", "z", "Z"] = ""
    mode: str = ""
    """The option words as typed, for `inspect`'s Mode."""
    subpath: str = ""
    volume_labels: dict[str, str] = field(default_factory=dict)
    volume_options: dict[str, str] = field(default_factory=dict)
    """Of the driver, for a volume that is made."""
    volume_driver: str = ""
    """As it was given: `local`, or not at all."""
    is_long: bool = False
    """Spelled out by --mount: `inspect` shows it as such."""
    is_taken: bool = False
    """From another container, so a volume must be there."""
    is_anonymous: bool = False
    """Taken from a container that it was made for: whoever has it last removes it."""
    is_nonrecursive: bool = False
    """`bind` in -v, or bind-nonrecursive: bind without what is mounted below the source."""


@dataclass(frozen=True, kw_only=True)
class ResolvedMount:
    """A mount whose host side exists: what the spec gets, and what `inspect` shows."""

    type: Literal["bind", "volume", "tmpfs", "image"]
    source: str
    """The host's path; an image's name; empty for tmpfs."""
    target: str
    name: str = ""
    """Of the volume."""
    read_only: bool = False
    recursively_read_only: bool = False
    """The kernel and the runtime can do `rro`."""
    propagation: str = ""
    subpath: str = ""
    """Inside the volume or the image."""
    pinned: str = ""
    """Where on the host it is mounted first (`container/pins.py`); empty: it is bound from `source`."""
    mode: str = ""
    relabel: Literal["", "z", "Z"] = ""
    options: tuple[str, ...] = ()
    """Of the OCI mount, complete: `rbind`, `ro`, `rprivate`, ..."""
    is_anonymous: bool = False
    needs_content: bool = False
    """An empty volume, to be filled with what the image has at `target` (`volume/copy_up.py`)."""
