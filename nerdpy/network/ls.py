"""List networks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from nerdpy.cni.conflist import AUX_LABEL, ID_FIELD, Network, network_id
from nerdpy.engine import Engine
from nerdpy.network.filtering import Seen, matches, parse_filters
from nerdpy.network.find import list_networks
from nerdpy.network.usage import names_of, used_names

PSEUDO = (("host", "host"), ("none", "null"))
"""Name and driver of the networks that have no file."""


def filtered_networks(engine: Engine, filters: Sequence[str]) -> list[Network]:
    """Those that pass, by name; `host` and `none` among them."""
    wanted = parse_filters(filters)
    used = used_names(engine) if "dangling" in wanted else set()
    found = sorted([*list_networks(engine), *pseudo_networks()], key=lambda network: network.name)
    return [network for network in found if matches(_seen(network, used), wanted)]


def pseudo_networks() -> list[Network]:
    """`host` and `none`, as if they had files."""
    return [
        Network(name=name, content={"name": name, ID_FIELD: network_id(name), "plugins": [{"type": driver}]})
        for name, driver in PSEUDO
    ]


def created_at(network: Network) -> datetime:
    """When its file was written; the beginning of time for those without one."""
    try:
        seconds = network.path.stat().st_mtime if network.path else 0.0
    except FileNotFoundError:
        seconds = 0.0
    return datetime.fromtimestamp(seconds, UTC)


def _seen(network: Network, used: set[str]) -> Seen:
    is_builtin = network.is_default or network.name in ("bridge", "host", "none")
    return Seen(
        name=network.name,
        id=network.shown_id,
        driver=network.driver,
        labels={key: value for key, value in network.labels.items() if key != AUX_LABEL},
        is_builtin=is_builtin,
        is_dangling=not is_builtin and names_of(network).isdisjoint(used),
    )
