"""Pure: `--sysctl KEY=VALUE`; only what belongs to a namespace may be set."""

from nerdpy.errors import InvalidArgument

_NAMES = (
    "kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax kernel.shmmni "
    "kernel.shm_rmid_forced"
)
_OF_IPC = frozenset(_NAMES.split())


def parse_sysctl(text: str) -> tuple[str, str]:
    """(key, value)."""
    key, equals, value = text.partition("=")
    if not equals or not (is_of_network(key) or is_of_ipc(key)):
        raise InvalidArgument(
            f'sysctl "{text}" is not allowed',
            hint="a container has its own net.*, fs.mqueue.*, kernel.shm*, kernel.msg* and kernel.sem",
        )
    return key, value


def is_of_network(key: str) -> bool:
    """Does the network namespace have its own?"""
    return key.startswith("net.")


def is_of_ipc(key: str) -> bool:
    """Does the IPC namespace have its own?"""
    return key in _OF_IPC or key.startswith("fs.mqueue.")
