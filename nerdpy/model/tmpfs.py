"""Pure: `--tmpfs TARGET[:WORDS]`, and the words of mount(8) that a tmpfs takes."""

import re

from nerdpy.errors import InvalidArgument
from nerdpy.model.container_path import parse_target
from nerdpy.model.mounts import MountRequest

_WORDS = (
    "rw ro exec noexec suid nosuid dev nodev atime noatime diratime nodiratime relatime norelatime "
    "strictatime nostrictatime sync async dirsync mand nomand private rprivate shared rshared slave rslave "
    "unbindable runbindable defaults"
)
_FLAGS = frozenset(_WORDS.split())
_VALUES = {
    "size": r"(?ia)\d+[kmgtpe%]?",
    "nr_blocks": r"(?ia)\d+[kmgtpe]?",
    "nr_inodes": r"(?ia)\d+[kmgtpe]?",
    "mode": r"(?a)[0-7]{1,4}",
    "uid": r"(?a)\d+",
    "gid": r"(?a)\d+",
    "mpol": r"(?a)[\w=:,-]+",
    "huge": r"never|always|within_size|advise",
}


def parse_tmpfs(text: str) -> MountRequest:
    """One --tmpfs; an unknown word is refused here, before the kernel does."""
    target, _, words = text.partition(":")
    options = tuple(words.split(",")) if words else ()
    for option in options:
        _check(option)
    return MountRequest(
        type="tmpfs",
        target=parse_target(target),
        read_only="ro" in options,
        tmpfs_options=options,
        mode=words,
    )


def _check(option: str) -> None:
    key, equals, value = option.partition("=")
    if not equals and key in _FLAGS:
        return
    if equals and key in _VALUES and re.fullmatch(_VALUES[key], value):
        return
    if key in _VALUES:
        raise InvalidArgument(
            f'tmpfs option "{option}" has a bad value', hint="as in size=64m, mode=1777, uid=1000"
        )
    raise InvalidArgument(
        f'unknown tmpfs option "{option}"',
        hint="known are size=, mode=, uid=, gid=, nr_inodes=, exec, ro and the like",
    )
