"""Take the host's ports that a container publishes: really bound, so that every other program sees them.

The rules of the firewall come before local delivery, so a socket that holds a port gets only what no rule can
lead to the container. The sockets are handed to the container's monitor, which keeps them while it runs, and
has that little carried (`monitor/relay.py`).
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
ANY = ("0.0.0.0", "::")
BACKLOG = 128
"""Connections that wait for the relay; the kernel's queue before a busy program is as long."""
SOME = 400
"""Descriptors that a process may need besides, and may take without asking."""
_SCTP = 132
_NO_FAMILY = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT)
_NO_IPV6 = (errno.EADDRNOTAVAIL, *_NO_FAMILY)
"""What bind says of `::` where the kernel has no IPv6, and where a sysctl has switched it off."""
OwnerOf = Callable[[PortMapping], str]


@dataclass(frozen=True)
class PortLease:
    """Ports that are ours as long as the sockets are open."""

    mappings: tuple[PortMapping, ...]
    """Every one with the address and the port that are bound, in the order asked; without a port where the
    host has no part in it."""
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
    binding: str = "",
    families: Collection[int] = (4, 6),
    avoided: Collection[int] = (),
    owner_of: OwnerOf = nobody,
) -> PortLease:
    """Bind every port, or none: Conflict says which one is taken, and by whom if `owner_of` knows.

    A port that names no address is bound to `binding`, or if that is empty to every address of IPv4 and of
    IPv6, where the machine has it. Of families that are not in `families` nothing is bound: the network is
    routed, and the host has no part in the port (`host_port` 0).
    `avoided` are ports that are not to be picked, as those of containers that are stopped at the moment.
    """
    mappings: list[PortMapping] = []
    every = dict.fromkeys(requested)
    _allow_sockets(2 * len(every))
    with ExitStack() as undo:
        sockets: list[socket.socket] = []
        for wanted in every:
            hosts = _hosts(wanted, binding, families)
            port, bound = _take(wanted, hosts, avoided, owner_of, mappings)
            for one in bound:
                undo.callback(one.close)
                mappings.append(_settled(wanted, one.getsockname()[0], port))
            if not bound:
                mappings.append(_settled(wanted, "", 0))
            sockets += bound
        undo.pop_all()
    return PortLease(tuple(mappings), tuple(sockets))


def _allow_sockets(number: int) -> None:
    """Shells allow a process 1024 descriptors by default, and more if it asks."""
    if number > SOME:
        import resource

        allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed < number + SOME:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(number + SOME, most), most))


def _take(
    wanted: PortMapping,
    hosts: list[str],
    avoided: Collection[int],
    owner_of: OwnerOf,
    own: list[PortMapping],
) -> tuple[int, list[socket.socket]]:
    """The port, and a socket for each address."""
    if not hosts:
        return 0, []
    if wanted.host_port and not wanted.host_port_end:
        try:
            return wanted.host_port, _bound(hosts, wanted.protocol, wanted.host_port)
        except OSError as error:
            raise _explained(error, wanted, hosts, owner_of, own) from error
    ports: Iterable[int] = range(wanted.host_port, wanted.host_port_end + 1)
    if not wanted.host_port:
        ports = (port for port in AUTOMATIC if port not in avoided)
    for port in ports:
        try:
            bound = _bound(hosts, wanted.protocol, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise _explained(error, replace(wanted, host_port=port), hosts, owner_of, own) from error
            continue
        return port, bound
    where = f"{wanted.host_port}-{wanted.host_port_end}" if wanted.host_port else "49153-60999"
    raise ResourceExhausted(
        f"cannot publish port {wanted.container_port}/{wanted.protocol}: no port of {where} is free",
        hint="name a free one with --publish HOST:CONTAINER",
    )


def _hosts(wanted: PortMapping, binding: str, families: Collection[int]) -> list[str]:
    host = wanted.host_ip or binding
    return [one for one in ([host] if host else ANY) if (6 if ":" in one else 4) in families]


def _settled(wanted: PortMapping, host: str, port: int) -> PortMapping:
    return replace(wanted, host_ip=host, host_port=port, host_port_end=0)


def _bound(hosts: list[str], protocol: str, port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            try:
                sockets.append(_bound_one(host, protocol, port))
            except OSError as error:
                if host != "::" or not sockets or error.errno not in _NO_IPV6:
                    raise
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


def _bound_one(host: str, protocol: str, port: int) -> socket.socket:
    """A socket that holds the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind, number = _KINDS[protocol]
    one = socket.socket(family, kind, number)
    try:
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if protocol == "tcp":
            # a port in TIME_WAIT is free for a new server; one that somebody listens on is refused either way
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
        if protocol != "udp":
            one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one


def _explained(
    error: OSError, wanted: PortMapping, hosts: list[str], owner_of: OwnerOf, own: list[PortMapping]
) -> NerdpyError:
    host = _culprit(error, hosts, wanted)
    where = f"[{host}]:{wanted.host_port}" if ":" in host else f"{host}:{wanted.host_port}"
    what = f"cannot publish port {wanted.host_port}"
    if error.errno == errno.EADDRINUSE:
        return _taken(what, where, replace(wanted, host_ip=host), owner_of, own)
    if error.errno == errno.EADDRNOTAVAIL:
        return InvalidArgument(
            f"{what}: this machine has no address {host}", hint="see its addresses with `ip address`"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionDenied(
            f"{what}: no permission to bind {where}", hint="take a port above 1023, or run as root"
        )
    if error.errno == errno.EINVAL and host.startswith("fe80:"):
        return InvalidArgument(
            f"{what}: {host} is a link-local address, which is one of each interface",
            hint="give a global address, or none",
        )
    if error.errno in _NO_FAMILY:
        return InvalidArgument(
            f"{what}: this kernel has no {'SCTP' if wanted.protocol == 'sctp' else 'IPv6'}"
        )
    return NerdpyError(f"{what}: {where}: {error.strerror}")


def _taken(
    what: str, where: str, wanted: PortMapping, owner_of: OwnerOf, own: list[PortMapping]
) -> NerdpyError:
    if any(one.clashes(wanted) for one in own):
        return InvalidArgument(f"{what}: it is asked for twice", hint="give each --publish its own host port")
    owner = owner_of(wanted)
    hint = (
        f"container {owner} has it" if owner else f"find its owner with `ss -lnp sport = :{wanted.host_port}`"
    )
    return Conflict(f"{what}: address {where} is already in use", hint=hint)


def _culprit(error: OSError, hosts: list[str], wanted: PortMapping) -> str:
    """The address that could not be bound: the first one that is refused for the same reason."""
    for host in hosts:
        try:
            _bound_one(host, wanted.protocol, wanted.host_port).close()
        except OSError as again:
            if again.errno == error.errno:
                return host
    return hosts[0]


_KINDS = {
    "tcp": (socket.SOCK_STREAM, socket.IPPROTO_TCP),
    "udp": (socket.SOCK_DGRAM, socket.IPPROTO_UDP),
    "sctp": (socket.SOCK_STREAM, _SCTP),
}
