"""Networks by name or id."""

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine, Warned
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.identifier import is_network_name

DEFAULT_NAME = "bridge"


def list_networks(engine: Engine) -> list[Network]:
    """Every network of the namespace that has a file; `host` and `none` have none."""
    return engine.cni.networks(lambda text: engine.notify(Warned(text)))


def find_network(engine: Engine, request: str, networks: list[Network] | None = None) -> Network:
    """The network meant by a name, an id, or the beginning of an id; a name wins over an id."""
    networks = list_networks(engine) if networks is None else networks
    if request in ("default", DEFAULT_NAME):
        found = default_of(networks)
        if found is not None:
            return found
    by_name = [network for network in networks if network.name == request]
    by_id = [network for network in networks if request and network.shown_id.startswith(request)]
    if by_name:
        return by_name[0]
    if len(by_id) > 1:
        raise InvalidArgument(
            f'"{request}" is the beginning of {len(by_id)} network ids',
            hint="give more of the id, or the name",
        )
    if not by_id:
        may_be_made = is_network_name(request)
        way = f"make it with `nerdpy network create {request}`" if may_be_made else "see `nerdpy network ls`"
        raise NotFound(f'network "{request}" not found', hint=way)
    return by_id[0]


def default_of(networks: list[Network]) -> Network | None:
    """The network that `bridge` means: by its label, else by its name."""
    labelled = [network for network in networks if network.is_default]
    named = [network for network in networks if network.name == DEFAULT_NAME]
    return next(iter(labelled + named), None)
