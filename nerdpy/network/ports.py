"""Take the host's ports that a container publishes: really bound, so that every other program sees them.

The rules of the firewall come before local delivery, so a socket that holds a port never gets what is meant
for the container. The sockets are handed to the container's monitor, which keeps them while it runs.
"""

import errno
import socket
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack

from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, InvalidArgument, NerdpyError, PermissionDenied, ResourceExhausted
from nerdpy.model.ports import PortMapping

AUTOMATIC = range(49153, 61000)
"""Where ports come from that nobody named."""
_SCTP = 132
OwnerOf = Callable[[PortMapping], str]


@dataclass(frozen=True)
class PortLease:
    """Ports that are ours as long as the sockets are open."""

    mappings: tuple[PortMapping, ...]
    """Every one with its host port; in the order asked."""
    sockets: tuple[socket.socket, ...] = ()

    @property
    def descriptors(self) -> list[int]:
        """What to hand over by SCM_RIGHTS."""
        return [one.fileno() for one in self.sockets]

    def close(self) -> None:
        """Let go; whoever got the descriptors keeps the ports."""
        for one in self.sockets:
            one.close()


def nobody(mapping: PortMapping) -> str:
    """No owner is known."""
    return ""


def acquire(
    engine: Engine,
    requested: Iterable[PortMapping],
    *,
    has_ipv6: bool = False,
    avoided: Collection[int] = (),
    owner_of: OwnerOf = nobody,
) -> PortLease:
    """Bind every port, or none: Conflict says which one is taken, and by whom if `owner_of` knows.

    `has_ipv6`: does the container's network carry IPv6? Without it nothing would answer on `[::]`.
    `avoided` are ports that are not to be picked, as those of containers that are stopped at the moment.
    """
    mappings: list[PortMapping] = []
    with ExitStack() as undo:
        sockets: list[socket.socket] = []
        for wanted in dict.fromkeys(requested):
            mapping, bound = _take(wanted, has_ipv6, avoided, owner_of, mappings)
            for one in bound:
                undo.callback(one.close)
            sockets += bound
            mappings.append(mapping)
        undo.pop_all()
    return PortLease(tuple(mappings), tuple(sockets))


def _take(
    wanted: PortMapping,
    has_ipv6: bool,
    avoided: Collection[int],
    owner_of: OwnerOf,
    own: list[PortMapping],
) -> tuple[PortMapping, list[socket.socket]]:
    hosts = _hosts(wanted, has_ipv6)
    if wanted.host_port and not wanted.host_port_end:
        try:
            return wanted, _bound(hosts, wanted.protocol, wanted.host_port)
        except OSError as error:
            raise _explained(error, wanted, hosts[0], owner_of, own) from error
    ports: Iterable[int] = range(wanted.host_port, wanted.host_port_end + 1)
    if not wanted.host_port:
        ports = (port for port in AUTOMATIC if port not in avoided)
    for port in ports:
        try:
            bound = _bound(hosts, wanted.protocol, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise _explained(error, replace(wanted, host_port=port), hosts[0], owner_of, own) from error
            continue
        return replace(wanted, host_port=port, host_port_end=0), bound
    where = f"{wanted.host_port}-{wanted.host_port_end}" if wanted.host_port else "49153-60999"
    raise ResourceExhausted(
        f"cannot publish port {wanted.container_port}/{wanted.protocol}: no port of {where} is free",
        hint="name a free one with --publish HOST:CONTAINER",
    )


def _hosts(wanted: PortMapping, has_ipv6: bool) -> list[str]:
    if wanted.host_ip:
        return [wanted.host_ip]
    return ["0.0.0.0", "::"] if has_ipv6 else ["0.0.0.0"]


def _bound(hosts: list[str], protocol: str, port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            bound = _bound_one(host, protocol, port)
            if bound is not None:
                sockets.append(bound)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


def _bound_one(host: str, protocol: str, port: int) -> socket.socket | None:
    """A socket that holds the port; None where the kernel has no IPv6, or no SCTP, that could be held."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind, number = _KINDS[protocol]
    try:
        one = socket.socket(family, kind, number)
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT):
            return None
        raise
    try:
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if protocol == "tcp":
            # a port in TIME_WAIT is free for a new server; one that somebody listens on is refused either way
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
        if protocol != "udp":
            one.listen(1)
    except OSError as error:
        one.close()
        if host == "::" and error.errno == errno.EADDRNOTAVAIL:  # IPv6 is switched off by sysctl
            return None
        raise
    return one


def _explained(
    error: OSError, wanted: PortMapping, host: str, owner_of: OwnerOf, own: list[PortMapping]
) -> NerdpyError:
    where = f"[{host}]:{wanted.host_port}" if ":" in host else f"{host}:{wanted.host_port}"
    what = f"cannot publish port {wanted.host_port}"
    if error.errno == errno.EADDRINUSE:
        if any(one.host_port == wanted.host_port and one.protocol == wanted.protocol for one in own):
            return InvalidArgument(
                f"{what}: it is asked for twice", hint="give each --publish its own host port"
            )
        owner = owner_of(wanted)
        hint = (
            f"container {owner} has it"
            if owner
            else f"find its owner with `ss -lnp sport = :{wanted.host_port}`"
        )
        return Conflict(f"{what}: address {where} is already in use", hint=hint)
    if error.errno == errno.EADDRNOTAVAIL:
        return InvalidArgument(
            f"{what}: this machine has no address {host}", hint="see its addresses with `ip address`"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionDenied(
            f"{what}: no permission to bind {where}", hint="take a port above 1023, or run as root"
        )
    return NerdpyError(f"{what}: {where}: {error.strerror}")


_KINDS = {
    "tcp": (socket.SOCK_STREAM, socket.IPPROTO_TCP),
    "udp": (socket.SOCK_DGRAM, socket.IPPROTO_UDP),
    "sctp": (socket.SOCK_STREAM, _SCTP),
}
