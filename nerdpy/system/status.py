"""How is the engine? The one that commands would use, whoever started it."""

import os
import socket
import struct
import time

from nerdpy.config import SYSTEM_ADDRESS, Config
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.linux.process import start_time
from nerdpy.paths import engine_paths
from nerdpy.system import unit
from nerdpy.system.private import answers


@dataclass(frozen=True, kw_only=True)
class EngineStatus:
    """What `system status` shows; the names are those of its JSON."""

    Running: bool
    Kind: str
    """`daemon` or `systemd unit`: nerdpy's own; `system`: the machine's; `named`: the one of --address."""
    Address: str
    Pid: int = 0
    Version: str = ""
    UptimeSeconds: int = 0
    Log: str = ""


def status(config: Config) -> EngineStatus:
    """Look; nothing is started."""
    paths = engine_paths(config.data_root, config.state_root)
    own = str(paths.socket)
    kind, address = _choose(config, own)
    log = str(paths.log) if address == own else ""
    if not answers(address):
        return EngineStatus(Running=False, Kind=kind, Address=address, Log=log)
    pid = listener_of(address)
    return EngineStatus(
        Running=True,
        Kind=kind,
        Address=address,
        Pid=pid,
        Version=_version(config, address),
        UptimeSeconds=_age(pid),
        Log=log,
    )


def _choose(config: Config, own: str) -> tuple[str, str]:
    if config.address and config.address != own:
        return "named", config.address
    if not config.address and answers(SYSTEM_ADDRESS):
        return "system", SYSTEM_ADDRESS
    paths = engine_paths(config.data_root, config.state_root)
    return "systemd unit" if unit.has_unit(unit.unit_name(config, paths)) else "daemon", own


def listener_of(address: str) -> int:
    """The pid of who listens on a unix socket (SO_PEERCRED of a connection to it); 0 when it is hidden."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(address)
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid: int = struct.unpack("3i", credentials)[0]
        return pid


def _age(pid: int) -> int:
    begun = start_time(pid) if pid else None
    if begun is None:
        return 0
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) - begun / os.sysconf("SC_CLK_TCK"))


def _version(config: Config, address: str) -> str:
    from nerdpy.dataclass import replace

    try:
        return Engine(replace(config, address=address)).containerd.version().version
    except NerdpyError as error:
        return f"unknown ({error.message})"
