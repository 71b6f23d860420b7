"""Refuse what this machine has not: more processors than there are."""

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
