"""Remove networks: the file, the bridge, what our table holds of it, and the books of its addresses."""

import shutil
from collections.abc import Callable, Iterable

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, FailedPrecondition, NerdpyError, NotFound, Several
from nerdpy.linux.netlink import delete_link
from nerdpy.network import forwarding
from nerdpy.network.find import find_network, list_networks
from nerdpy.network.rules import planned_rules, take_down
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
        network = find_network(engine, name, list_networks(engine))
        _check_removable(network)
        users = users_of(engine, network)
        if users:
            raise Conflict(
                f'network "{network.name}" is in use by {", ".join(sorted(users))}',
                hint="stop these containers first",
            )
        take_away(engine, network)


def take_away(engine: Engine, network: Network) -> None:
    """Everything of a network that nobody uses. To be called with the lock of the files held."""
    if network.path is not None:
        network.path.unlink(missing_ok=True)
    rules = planned_rules(network)
    if rules is not None:
        take_down(rules)
        forwarding.stop(rules.bridge)
    if network.bridge:
        delete_link(network.bridge)
    shutil.rmtree(engine.cni.addresses / network.name, ignore_errors=True)
    tell(engine, network, "destroy")


def _check_removable(network: Network) -> None:
    if network.is_default or network.name == "bridge":
        raise FailedPrecondition(f'"{network.name}" is a predefined network and cannot be removed')
    if not network.id:
        raise FailedPrecondition(
            f'network "{network.name}" was made by somebody else',
            hint=f"if nobody needs it any more, delete {network.path}",
        )
