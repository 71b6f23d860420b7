"""Pure: which capabilities a container gets (moby's rules for --cap-add, --cap-drop and --privileged)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.capabilities import parse_capability

DEFAULT = (
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
)
"""What a container of docker's has when nothing is said."""


def choose(
    *, added: Iterable[str], dropped: Iterable[str], is_privileged: bool, available: Sequence[str]
) -> list[str]:
    """The capabilities of the container; never one that this process could not give away.

    ALL beside --cap-add means all that are not dropped; ALL beside --cap-drop leaves what is added; without
    ALL an added one stays even if it is dropped as well.
    """
    if is_privileged:
        return list(available)
    plus = list(dict.fromkeys(parse_capability(word) for word in added))
    minus = {parse_capability(word) for word in dropped}
    _check(plus, available)
    if "ALL" in plus:
        return [name for name in available if name not in minus]
    kept = () if "ALL" in minus else tuple(name for name in DEFAULT if name not in minus)
    return [name for name in dict.fromkeys((*kept, *plus)) if name in available]


def _check(added: Iterable[str], available: Collection[str]) -> None:
    for name in added:
        if name != "ALL" and name not in available:
            raise InvalidArgument(
                f'capability "{name}" cannot be given: nerdpy itself does not hold it',
                hint="look at CapBnd in /proc/self/status, or leave the capability out",
            )


def build_capabilities(names: Sequence[str], uid: int) -> dict[str, Any]:
    """The sets of the process. One that is not root has the bounding set only, as after an execve."""
    if uid != 0:
        return {"bounding": list(names)}
    return {"bounding": list(names), "effective": list(names), "permitted": list(names)}
