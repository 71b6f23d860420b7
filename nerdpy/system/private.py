"""Which containerd to speak to, and the start of nerdpy's own when there is none.

This runs before every command, so it costs one connect(2): what starts an engine is imported when one must
be started.
"""

import errno
import socket

from nerdpy.config import SYSTEM_ADDRESS, Config
from nerdpy.dataclass import replace
from nerdpy.engine import Notify, ignore
from nerdpy.errors import InvalidArgument, PermissionDenied, Unavailable
from nerdpy.paths import engine_paths

PATIENCE_SECONDS = 5.0
"""connect(2) blocks only when the listener's queue is full: a sick engine."""
_NOBODY = {errno.ENOENT, errno.ENOTDIR, errno.ECONNREFUSED}


def ensure_running(config: Config, notify: Notify = ignore) -> Config:
    """The same settings with the socket of a containerd that answers: the one named, the system's, or
    nerdpy's own, which is started when nobody answers and nothing was named."""
    if config.address:
        if not answers(config.address):
            raise _nobody_at(config.address)
        return config
    own = str(engine_paths(config.data_root, config.state_root).socket)
    address = next((one for one in (SYSTEM_ADDRESS, own) if answers(one)), "")
    if not address:
        if not config.auto_start:
            raise Unavailable(
                "no containerd is running, and auto_start is off",
                hint="start one: `nerdpy system start`, or the system's by `systemctl start containerd`",
            )
        from nerdpy.system.start import start

        start(config, notify)
        address = own
    return replace(config, address=address)


def answers(address: str) -> bool:
    """Is somebody listening on this unix socket? PermissionDenied when we may not ask."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PATIENCE_SECONDS)
        try:
            probe.connect(address)
        except PermissionError as error:
            raise PermissionDenied(
                f'no permission to use containerd\'s socket "{address}"', hint="run nerdpy as root (sudo)"
            ) from error
        except TimeoutError as error:
            raise Unavailable(f'containerd at "{address}" accepts no connections') from error
        except OSError as error:
            if error.errno in _NOBODY:
                return False
            raise InvalidArgument(f'"{address}" is no socket to reach containerd by: {error}') from error
    return True


def _nobody_at(address: str) -> Unavailable:
    return Unavailable(
        f'no containerd answers at "{address}"',
        hint="start that one, or leave --address and CONTAINERD_ADDRESS away to let nerdpy choose",
    )
