"""How what lies outside nerdpy's own folders says whose it is: elements of our table, and links on the host.

| thing | its tag |
|---|---|
| a published port in the table `inet nerdpy` | comment `HASH-NAMESPACE-ID` |
| the host's end of a container's link | alias `nerdpy HASH-NAMESPACE-ID` |
| a link that was made for a network | alias `nerdpy network PATH`, the path of its file |
| an address that host-local has given away | `NAMESPACE-ID` in the file, which lies below our state root |

HASH names the store (see `paths.py`), for several engines on one machine share all of these.
"""

from contextlib import suppress
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.linux.links import set_alias
from nerdpy.network.attachment import Link

LINK = "nerdpy "
NETWORK = "nerdpy network "


def tag_of(engine: Engine, owner: str) -> str:
    """The tag of the container that plugins know as `owner` (`NAMESPACE-ID`)."""
    return f"{engine.paths.state.name}-{owner}"


def pin_of(engine: Engine, tag: str) -> Path:
    """Where the network namespace of the container with this tag is pinned while it runs."""
    store, _, owner = tag.partition("-")
    return engine.paths.state.with_name(store) / "netns" / owner


def mark_links(engine: Engine, container_id: str, link: Link) -> None:
    """Write onto the links that a plugin has made on the host whose they are. A link that is not marked is
    known by the namespace that its other end is in, as long as that is pinned."""
    text = LINK + tag_of(engine, f"{engine.config.namespace}-{container_id}")
    for one in (link.result or {}).get("interfaces") or ():
        if not one.get("sandbox") and str(one.get("name")).startswith("veth"):
            with suppress(OSError):
                set_alias(one["name"], text)


def mark_link(name: str, network: Path) -> None:
    """Write onto a bridge (or a parent) that nerdpy has made which network's it is."""
    with suppress(OSError):
        set_alias(name, NETWORK + str(network))
