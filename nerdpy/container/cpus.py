"""Refuse what this machine has not: more processors than there are, or memory nodes."""

import os

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import ResourceOptions


def refuse_too_many_cpus(resources: ResourceOptions) -> None:
    """--cpus beyond the machine's, in docker's words."""
    have = os.cpu_count() or 1
    if resources.nano_cpus > have * 10**9:
        wanted = f"{resources.nano_cpus / 10**9:g}"
        raise InvalidArgument(
            f"range of CPUs is from 0.01 to {have}.00, as there are only {have} CPUs available, not {wanted}",
            hint="give a smaller number to --cpus, or leave it out for no limit",
        )


def refuse_missing_processors(cpus: str, nodes: str) -> None:
    """--cpuset-cpus and --cpuset-mems beyond the machine's, in docker's words, not the kernel's `invalid
    argument`."""
    _refuse_missing("CPUs", cpus, os.cpu_count() or 1)
    if nodes and (have := _count_of_nodes()):
        _refuse_missing("memory nodes", nodes, have)


def _refuse_missing(what: str, wanted: str, have: int) -> None:
    highest = max((int(part.rpartition("-")[2]) for part in wanted.split(",") if part), default=0)
    if highest >= have:
        there = f"0-{have - 1}" if have > 1 else "0"
        raise InvalidArgument(
            f"requested {what} are not available - requested {wanted}, available: {there}",
            hint=f"choose from {there}",
        )


def _count_of_nodes() -> int:
    """How many memory nodes the kernel knows; 0: it does not say."""
    try:
        with open("/sys/devices/system/node/online") as file:
            return int(file.read().strip().rpartition("-")[2].rpartition(",")[2]) + 1
    except (OSError, ValueError):
        return 0
