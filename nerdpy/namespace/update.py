"""Change the labels of namespaces."""

from collections.abc import Iterable, Mapping

from nerdpy.engine import Engine
from nerdpy.namespace.find import get
from nerdpy.namespace.several import for_each


def update(engine: Engine, names: Iterable[str], labels: Mapping[str, str | None]) -> None:
    """Set these labels of each, or take away those whose value is None; the rest stays. NotFound."""

    def change(name: str) -> None:
        get(engine, name)
        engine.containerd.namespaces.update(name, labels)

    for_each(names, change)
