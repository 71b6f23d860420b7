"""The names of the kernel's capabilities, and which of them this process may give away."""

from pathlib import Path

_WORDS = """
CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE
"""
NAMES = tuple(f"CAP_{word}" for word in _WORDS.split())
"""By number (linux/capability.h)."""


def names_of(bits: int) -> tuple[str, ...]:
    """The capabilities of a mask as `/proc/PID/status` shows it."""
    return tuple(name for number, name in enumerate(NAMES) if bits >> number & 1)


def known_to_kernel() -> tuple[str, ...]:
    """Every capability that this kernel knows and that has a name here."""
    try:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    except (OSError, ValueError):
        last = len(NAMES) - 1
    return NAMES[: last + 1]
