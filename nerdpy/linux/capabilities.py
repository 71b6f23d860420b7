"""Which capabilities the kernel knows, and which of them this process may give away."""

from pathlib import Path

from nerdpy.model.capabilities import KNOWN


def names_of(bits: int) -> tuple[str, ...]:
    """The capabilities of a mask as `/proc/PID/status` shows it."""
    return tuple(name for number, name in enumerate(KNOWN) if bits >> number & 1)


def known_to_kernel() -> tuple[str, ...]:
    """Every capability that this kernel knows and that has a name here."""
    try:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    except (OSError, ValueError):
        last = len(KNOWN) - 1
    return KNOWN[: last + 1]
