"""User namespaces with a network namespace of their own: both pinned by bind mounts.

A process must have one thread only to make a user namespace, so a small program makes it and waits while its
maps are written and its namespaces are pinned.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nerdpy.errors import Unavailable
from nerdpy.linux import netns
from nerdpy.linux.libc import call
from nerdpy.linux.mount import BIND, mount
from nerdpy.linux.netlink import set_link_up
from nerdpy.linux.own_thread import in_own_thread
from nerdpy.model.idmap import IdMaps, render_map

_NS_GET_USERNS = 0xB701
_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_PROGRAM = f"""
import ctypes, sys
if ctypes.CDLL(None, use_errno=True).unshare({_NEWUSER | _NEWNET}):
    sys.exit(ctypes.get_errno())
sys.stdout.write(".")
sys.stdout.flush()
sys.stdin.read()
"""


def create_with_network(user_pin: Path, network_pin: Path, maps: IdMaps) -> None:
    """See that both are pinned; a network namespace that is still there, since somebody lives in it, keeps
    its user namespace as well."""
    if netns.is_pinned(network_pin) and netns.is_pinned(user_pin) and _owns(user_pin, network_pin):
        return
    for pin in (user_pin, network_pin):
        netns.remove(pin)
        pin.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        os.close(os.open(pin, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o444))
    with made(maps) as pid:
        mount(f"/proc/{pid}/ns/user", user_pin, "", BIND)
        mount(f"/proc/{pid}/ns/net", network_pin, "", BIND)
    in_own_thread(lambda: _bring_lo_up(network_pin))


@contextmanager
def made(maps: IdMaps) -> Iterator[int]:
    """The pid of a process in a new user namespace with these maps, and in a network namespace of it."""
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as maker:
        if maker.stdout is None or maker.stdout.read(1) != b".":
            raise Unavailable(
                f"a user namespace cannot be made: {os.strerror(maker.wait())}".lower(),
                hint="look at the sysctl user.max_user_namespaces",
            )
        own = Path(f"/proc/{maker.pid}")
        (own / "uid_map").write_text(render_map(maps.uids))
        (own / "gid_map").write_text(render_map(maps.gids))
        yield maker.pid


def _owns(user_pin: Path, network_pin: Path) -> bool:
    """Was the network namespace made in that user namespace? (NS_GET_USERNS of ioctl_nsfs(2))"""
    descriptor = os.open(network_pin, os.O_RDONLY | os.O_CLOEXEC)
    try:
        owner = call("ioctl", descriptor, _NS_GET_USERNS, path=str(network_pin))
    finally:
        os.close(descriptor)
    try:
        return os.fstat(owner).st_ino == user_pin.stat().st_ino
    finally:
        os.close(owner)


def _bring_lo_up(pin: Path) -> None:
    """Changes the namespace of the thread."""
    descriptor = os.open(pin, os.O_RDONLY | os.O_CLOEXEC)
    try:
        call("setns", descriptor, _NEWNET, path=str(pin))
    finally:
        os.close(descriptor)
    set_link_up("lo")
