"""The interface that a network brings along: its bridge, or the parent of its macvlan or ipvlan interfaces.

As docker has it: a parent that is not there and is called `eth0.10` is made as VLAN 10 of `eth0`, and without
a parent one is made that leads nowhere. What was there before is used, and stays when the network goes.
"""

import errno

from nerdpy import errors
from nerdpy.cni.conflist import Network
from nerdpy.dataclass import dataclass
from nerdpy.errors import Conflict, NerdpyError, NotFound, PermissionDenied
from nerdpy.linux.bridge import is_bridge, make_bridge
from nerdpy.linux.netlink import delete_link, index_of
from nerdpy.linux.vlan import make_dummy, make_vlan
from nerdpy.network.conflist import ConflistOptions, bridge_name, parent_name
from nerdpy.network.tags import mark_link

_GREATEST_VLAN = 4094
_IN_THE_WAY = "name another; what a network has left behind goes with `nerdpy system prune`"
_MISSING = {
    "vlan": ("this kernel has no VLAN interfaces", "load its module 8021q, or give a parent that exists"),
    "dummy": ("this kernel has no dummy interfaces", "load its module dummy, or give one with -o parent="),
    "bridge": ("this kernel has no bridges", "load its module bridge"),
}


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What a parent's name asks for."""

    kind: str
    """`vlan` or `dummy`."""
    name: str
    below: str = ""
    """The interface that the VLAN is of."""
    number: int = 0


def parse_parent(name: str) -> Parent:
    """The parent to be made under this name; NotFound when the name is no VLAN's."""
    if name.startswith("dm-"):
        return Parent(kind="dummy", name=name)
    below, _, number = name.rpartition(".")
    if not below or not number.isdecimal() or not 0 < int(number) <= _GREATEST_VLAN:
        raise NotFound(
            f'there is no interface "{name}" to be the parent',
            hint=f"`ip link` lists them; a VLAN is made of a name like eth0.10, from 1 to {_GREATEST_VLAN}",
        )
    return Parent(kind="vlan", name=name, below=below, number=int(number))


def planned_link(options: ConflistOptions, networks: list[Network]) -> str:
    """The interface that the network is to bring along; empty: it uses one that is there. Nothing is made."""
    if options.request.driver != "bridge":
        return _planned_parent(options, networks)
    name = bridge_name(options)
    other = next((one for one in networks if one.bridge == name), None)
    if other is not None:
        raise Conflict(f'bridge "{name}" belongs to network "{other.name}"', hint="name another bridge")
    if not index_of(name):
        return name
    if options.request.options.bridge and is_bridge(name):
        return ""
    raise Conflict(
        f'an interface "{name}" exists already',
        hint=_IN_THE_WAY,
    )


def make_link(options: ConflistOptions) -> None:
    """Make it."""
    if not options.link:
        return
    if options.request.driver != "bridge":
        make_parent(options.link)
        return
    addresses = [f"{pool.router}/{pool.subnet.prefixlen}" for pool in options.pools]
    try:
        make_bridge(options.link, addresses if options.has_address else [], mtu=options.request.options.mtu)
    except FileExistsError:
        return  # a container came first: the plugin has made it from the file
    except OSError as error:
        delete_link(options.link)
        raise _refused("bridge", options.link, error) from error


def make_parent(name: str) -> None:
    """Make a VLAN or dummy interface, up."""
    wanted = parse_parent(name)
    if wanted.kind == "vlan" and not index_of(wanted.below):
        raise NotFound(f'there is no interface "{wanted.below}" for VLAN {wanted.number}')
    try:
        if wanted.kind == "dummy":
            make_dummy(name)
        else:
            make_vlan(name, wanted.below, wanted.number)
    except OSError as error:
        raise _refused(wanted.kind, name, error) from error


def restore(network: Network) -> None:
    """A parent is gone after a reboot, and no plugin makes it again. Of several at once one makes it."""
    if network.own_link and network.driver != "bridge" and not index_of(network.own_link):
        try:
            make_parent(network.own_link)
        except Conflict:
            return
        if network.path is not None:
            mark_link(network.own_link, network.path)


def _planned_parent(options: ConflistOptions, networks: list[Network]) -> str:
    """A VLAN that another network brought along is everybody's who uses it: the last one takes it away."""
    name = parent_name(options)
    others = [one for one in networks if one.plugins and one.plugins[0].get("master") == name]
    alone = [one for one in others if one.plugins[0].get("mode") == "passthru"]
    if alone or (others and options.request.options.mode == "passthru"):
        raise Conflict(
            f'interface "{name}" is the parent of network "{others[0].name}"',
            hint="the mode passthru needs a parent for itself",
        )
    if index_of(name):
        return name if any(one.own_link == name for one in others) else ""
    return parse_parent(name).name


def _refused(kind: str, name: str, error: OSError) -> NerdpyError:
    if error.errno == errno.EEXIST:
        return Conflict(
            f'an interface "{name}" exists already',
            hint=_IN_THE_WAY,
        )
    if error.errno in (errno.EPERM, errno.EACCES):
        return PermissionDenied(f"no permission to make a {kind}", hint="networks are made by root")
    if error.errno == errno.EOPNOTSUPP:
        message, hint = _MISSING[kind]
        return errors.NotImplemented(message, hint=hint)
    return NerdpyError(f'interface "{name}" cannot be made: {error.strerror}')
