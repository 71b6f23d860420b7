"""Pure: what of the host's /proc and /sys a container does not see, and its system call filter."""

from typing import Any

from nerdpy.errors import FailedPrecondition
from nerdpy.model.options import SecurityOptions
from nerdpy.spec.facts import Facts
from nerdpy.spec.seccomp import Circumstances, build_seccomp, parse_profile

MASKED = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
)
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


def has_open_paths(security: SecurityOptions) -> bool:
    """Is nothing hidden from it?"""
    return security.privileged or security.unconfined_paths


def build_paths(security: SecurityOptions, facts: Facts) -> dict[str, list[str]]:
    """`linux.maskedPaths` and `linux.readonlyPaths`."""
    if has_open_paths(security):
        return {}
    return {"maskedPaths": [*MASKED, *facts.thermal_paths], "readonlyPaths": list(READ_ONLY)}


def build_filter(security: SecurityOptions, facts: Facts, capabilities: list[str]) -> dict[str, Any] | None:
    """`linux.seccomp`: docker's profile, the user's, or none. --privileged has none but the user's."""
    is_named = security.seccomp not in {"builtin", "unconfined", ""}
    if security.seccomp == "unconfined" or (security.privileged and not is_named):
        return None
    if not facts.has_seccomp:
        if is_named:
            raise FailedPrecondition("this kernel has no seccomp: a profile cannot be applied")
        return None
    circumstances = Circumstances(
        architecture=facts.architecture, capabilities=capabilities, kernel=facts.kernel_version
    )
    if is_named:
        return build_seccomp(parse_profile(security.seccomp), circumstances)
    from nerdpy.spec.seccomp_default import PROFILE  # 330 names: only when they are needed

    return build_seccomp(PROFILE, circumstances)
