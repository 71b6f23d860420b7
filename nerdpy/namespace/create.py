"""Make namespaces, and change their labels."""

from collections.abc import Iterable, Mapping

from nerdpy.config import check_namespace
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists
from nerdpy.namespace.several import for_each


def create(engine: Engine, names: Iterable[str], labels: Mapping[str, str]) -> None:
    """Make each, with these labels; AlreadyExists, InvalidArgument for a name that can't be one."""

    def make(name: str) -> None:
        check_namespace(name)
        try:
            engine.containerd.namespaces.create(name, labels)
        except AlreadyExists:
            raise AlreadyExists(
                f'namespace "{name}" exists already',
                hint=f"its labels are changed by `nerdpy namespace update --label KEY=VALUE {name}`",
            ) from None

    for_each(names, make)
