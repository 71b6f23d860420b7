"""Names of containers: who bears one in containerd."""

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.store.names import Bearer


def bearer_of(engine: Engine) -> Bearer:
    """The look-up that `store.names` asks for: containerd's labels are the truth."""

    def bearer(name: str) -> str | None:
        found = engine.containerd.containers.list(f'labels."{labels.NAME}"=="{name}"')
        return found[0].id if found else None

    return bearer
