"""List networks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine
from nerdpy.network.filtering import LIST_KEYS, Seen, matches, parse_filters
from nerdpy.network.find import list_networks
from nerdpy.network.usage import attachments

PSEUDO = (("host", "host"), ("none", "null"))
"""Name and driver of the networks that have no file."""


def filtered_networks(engine: Engine, filters: Sequence[str]) -> list[Network]:
    """Those that pass, by name; `host` and `none` among them."""
    wanted = parse_filters(filters, LIST_KEYS)
    used = (
        {one.name for each in attachments(engine) for one in each.networks} if "dangling" in wanted else set()
    )
    found = sorted([*list_networks(engine), *pseudo_networks()], key=lambda network: network.name)
    return [network for network in found if matches(_seen(network, used), wanted)]


def pseudo_networks() -> list[Network]:
    """`host` and `none`, as if they had files."""
    return [
        Network(name=name, content={"name": name, "plugins": [{"type": driver}]}) for name, driver in PSEUDO
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
        id=network.id,
        driver=network.driver,
        labels=network.labels,
        is_builtin=is_builtin,
        is_dangling=not is_builtin and network.name not in used,
    )


def _used(engine: Engine) -> set[str]:
    return {one.name for each in attachments(engine) for one in each.networks}
