"""Pure: names of Linux' capabilities (capabilities(7)), in docker's spelling."""

from collections.abc import Iterable

from nerdpy.errors import InvalidArgument

ALL = "ALL"
_NAMES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE "
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT "
    "SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE "
    "AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ "
    "PERFMON BPF CHECKPOINT_RESTORE"
)
KNOWN = tuple(f"CAP_{name}" for name in _NAMES.split())
"""In the kernel's order: a capability's number is its place."""


def parse_capability(text: str) -> str:
    """`net_admin`, `NET_ADMIN`, `CAP_NET_ADMIN` -> `CAP_NET_ADMIN`; `all` -> `ALL`."""
    name = text.strip().upper()
    if name == ALL:
        return ALL
    if not name.startswith("CAP_"):
        name = f"CAP_{name}"
    if name not in KNOWN:
        raise InvalidArgument(
            f'unknown capability "{text}"', hint="names stand in `man 7 capabilities`; ALL means every one"
        )
    return name


def parse_capabilities(texts: Iterable[str]) -> tuple[str, ...]:
    """Sorted, each once, as docker stores them."""
    return tuple(sorted({parse_capability(text) for text in texts}))
