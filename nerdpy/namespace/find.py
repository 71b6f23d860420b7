"""One namespace by its name."""

from nerdpy.containerd.namespaces import NamespaceRecord
from nerdpy.engine import Engine
from nerdpy.errors import NotFound


def get(engine: Engine, name: str) -> NamespaceRecord:
    """The namespace; NotFound."""
    try:
        return engine.containerd.namespaces.get(name)
    except NotFound:
        raise NotFound(
            f'no such namespace: "{name}"', hint="`nerdpy namespace ls` lists those there are"
        ) from None
