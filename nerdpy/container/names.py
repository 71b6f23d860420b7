"""Names of containers: what one may look like, and who bears it in containerd."""

import re

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.store.names import Bearer

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")


def check_name(name: str) -> None:
    """docker's rule; it also keeps a name from being a path."""
    if not _NAME.match(name):
        raise InvalidArgument(
            f'invalid container name "{name}"',
            hint="two characters or more of [a-zA-Z0-9_.-], the first a letter or a digit",
        )


def bearer_of(engine: Engine) -> Bearer:
    """The look-up that `store.names` asks for: containerd's labels are the truth."""

    def bearer(name: str) -> str | None:
        found = engine.containerd.containers.list(f'labels."{labels.NAME}"=="{name}"')
        return found[0].id if found else None

    return bearer
