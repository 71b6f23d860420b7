"""Images that are Kubernetes' own are not taken from it by accident."""

from collections.abc import Iterable

from nerdpy.engine import Engine
from nerdpy.errors import Conflict
from nerdpy.image.names import shown_name
from nerdpy.kube.images import PINNED, is_managed, is_pinned
from nerdpy.model.records import ImageRecord


def check_may_lose(engine: Engine, records: Iterable[ImageRecord], *, force: bool = False) -> None:
    """Conflict where one of these names must stay: a pinned one, and one of the kubelet's unless forced."""
    namespace = engine.config.namespace
    for record in records:
        name = shown_name(record.name)
        shown = record.name if name.is_dangling else str(name)
        if is_pinned(record.labels):
            raise Conflict(
                f'conflict: unable to remove "{shown}" (cannot be forced) - Kubernetes has pinned it',
                hint=f"`ctr -n {namespace} images label {record.name} {PINNED}=` takes the pin away",
            )
        if is_managed(record.labels, namespace) and not force:
            raise Conflict(
                f'conflict: unable to remove "{shown}" (must force) - Kubernetes looks after it',
                hint="the kubelet collects images that no pod needs; --force removes it all the same",
            )
