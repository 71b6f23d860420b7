"""`:z` and `:Z`: SELinux labels for what is mounted, where the machine has SELinux."""

import random
from collections.abc import Callable

from nerdpy.linux import selinux

_LABEL = "system_u:object_r:container_file_t:s0"
"""What every container may use (container-selinux)."""
_CATEGORIES = 1024

Relabel = Callable[[str, str], None]


def relabel(source: str, how: str, apply: Relabel = selinux.relabel) -> None:
    """`z`: for all containers. `Z`: with two categories of its own, so that confined containers of others
    can't use it; nerdpy's are not confined by SELinux. Nothing on a machine without it, as docker has it."""
    if how and selinux.is_enabled():
        apply(source, _LABEL if how == "z" else f"{_LABEL}:{_private()}")


def _private() -> str:
    low, high = sorted(random.SystemRandom().sample(range(_CATEGORIES), 2))
    return f"c{low},c{high}"
