"""Remove networks: what our table holds of it, the interface, the books of its addresses, and the file.

The file goes last: a killed removal leaves a network that works, and can be removed again.
"""

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, FailedPrecondition, NerdpyError, NotFound, Several
from nerdpy.linux.netlink import delete_link
from nerdpy.network import forwarding
from nerdpy.network.find import find_network, list_networks
from nerdpy.network.ls import pseudo_networks
from nerdpy.network.rules import planned_rules, take_down
from nerdpy.network.subnet import subnets_of
from nerdpy.network.telling import tell
from nerdpy.network.usage import users_of

PREDEFINED = ("host", "none", "bridge", "default")


def remove(
    engine: Engine, names: Iterable[str], told: Callable[[str], None], *, ignores_missing: bool = False
) -> None:
    """Remove each, telling of those that are gone; what failed is raised at the end."""
    errors: list[NerdpyError] = []
    for name in names:
        try:
            remove_one(engine, name)
        except NotFound as error:
            if not ignores_missing:
                errors.append(error)
        except NerdpyError as error:
            errors.append(error)
        else:
            told(name)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def remove_one(engine: Engine, name: str) -> None:
    """Remove one network that nobody uses."""
    if name in PREDEFINED:
        raise FailedPrecondition(f'"{name}" is a predefined network and cannot be removed')
    with engine.cni.changing():
        network = find_network(engine, name, [*list_networks(engine), *pseudo_networks()])
        _check_removable(network)
        users = users_of(engine, network)
        if users:
            raise Conflict(
                f'network "{network.name}" is in use by {", ".join(sorted(users))}',
                hint="stop these containers first, or take them off it with `nerdpy network disconnect`",
            )
        take_away(engine, network)


def take_away(engine: Engine, network: Network) -> None:
    """Everything of a network that nobody uses. To be called with the lock of the files held."""
    others = [one for one in engine.cni.networks_of_all_namespaces() if one.path != network.path]
    rules = planned_rules(network)
    if rules is not None:
        take_down(rules)
        forwarding.stop(rules.bridge)
    if network.own_link and not any(_stands_on(one, network.own_link) for one in others):
        delete_link(network.own_link)
    _forget_addresses(engine, network, is_shared=any(one.name == network.name for one in others))
    if network.path is not None:
        network.path.unlink(missing_ok=True)
    if network.ipam.get("type") == "dhcp":
        from nerdpy.cni.dhcp import stop_if_unused

        stop_if_unused(others)
    tell(engine, network, "destroy")


def _forget_addresses(engine: Engine, network: Network, *, is_shared: bool) -> None:
    """The books of its addresses. Networks of one name share a folder, in several namespaces and also in
    folders of networks that we don't know of: each has the addresses of its own subnets, and the rest goes
    with the last of them."""
    folder = engine.cni.addresses / network.name
    subnets = subnets_of([network])
    rest = []
    for path in folder.glob("*[.:]*"):
        with suppress(ValueError):
            address = ip_address(path.name)
            if any(address in subnet for subnet in subnets):
                path.unlink(missing_ok=True)
            else:
                rest.append(path)
    if not (rest or is_shared):
        shutil.rmtree(folder, ignore_errors=True)


def _stands_on(network: Network, link: str) -> bool:
    return network.bridge == link or any(plugin.get("master") == link for plugin in network.plugins)


def _check_removable(network: Network) -> None:
    if network.is_default or network.name in PREDEFINED:
        raise FailedPrecondition(f'"{network.name}" is a predefined network and cannot be removed')
    if not network.id:
        raise FailedPrecondition(
            f'network "{network.name}" was made by somebody else',
            hint=f"if nobody needs it any more, delete {network.path}",
        )
