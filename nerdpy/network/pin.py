"""The pinned namespaces of one container: its network's, and the user namespace that owns it, if any."""

from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.linux import netns
from nerdpy.model.idmap import IdMaps


def pin_namespaces(engine: Engine, container_id: str, path: Path, maps: IdMaps | None) -> None:
    """See that they are there; whoever finds them leaves them as they are. `path` is the network's pin."""
    if maps is None:
        netns.create(path)
        return
    from nerdpy.linux.userns import create_with_network

    create_with_network(engine.paths.userns(container_id), path, maps)
