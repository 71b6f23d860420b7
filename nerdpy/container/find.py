"""From what the user typed to a container: exact name first, then the id or a prefix of it."""

import re
from collections.abc import Iterable

from nerdpy import labels
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NerdpyError, NotFound, Several
from nerdpy.model.records import ContainerRecord

_PLAUSIBLE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*\Z")
_KUBE = re.compile(r"k8s://([^/\"]+)/([^/\"]+)(?:/([^/\"]+))?\Z")


def no_such_container(text: str) -> NotFound:
    """docker's words, which clients look for."""
    return NotFound(f"No such container: {text}", hint="see `nerdpy ps -a`")


def find(engine: Engine, text: str) -> ContainerRecord:
    """The container called `text`; NotFound, or InvalidArgument when a prefix fits several."""
    asked = text.removeprefix("/")
    if _KUBE.match(asked):
        return _the_only(text, engine.containerd.containers.list(_kube_filter(asked)))
    if not _PLAUSIBLE.match(asked):
        raise no_such_container(text)
    found = engine.containerd.containers.list(
        f'labels."{labels.NAME}"=="{asked}"', f'id~="^{_quoted(asked)}"'
    )
    for record in found:
        if record.labels.get(labels.NAME) == asked:
            return record
    for record in found:
        if record.id == asked:
            return record
    return _the_only(text, found)


def find_all(
    engine: Engine, texts: Iterable[str]
) -> tuple[list[tuple[str, ContainerRecord]], list[NerdpyError]]:
    """The containers that exist, each beside what was typed for it, and an error for each that does not."""
    found: list[tuple[str, ContainerRecord]] = []
    errors: list[NerdpyError] = []
    for text in texts:
        try:
            found.append((text, find(engine, text)))
        except NerdpyError as error:
            errors.append(error)
    return found, errors


def name_of(record: ContainerRecord) -> str:
    """The name that is shown: nerdpy's and nerdctl's label, Kubernetes' own, or nothing."""
    if name := record.labels.get(labels.NAME):
        return name
    pod = record.labels.get(labels.KUBE_POD)
    if not pod:
        return ""
    parts = [record.labels.get(labels.KUBE_NAMESPACE, ""), pod]
    if record.labels.get(labels.CRI_KIND) != "sandbox" and labels.KUBE_CONTAINER in record.labels:
        parts.append(record.labels[labels.KUBE_CONTAINER])
    return "k8s://" + "/".join(parts)


def shown_as(record: ContainerRecord) -> str:
    """What a message calls the container: its name, or the short id of one without."""
    return name_of(record) or record.id[:12]


def raise_all(errors: list[NerdpyError]) -> None:
    """Nothing when there are none; one as it is; several as `Several`."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise Several(errors)


def _quoted(text: str) -> str:
    return text.replace(".", "[.]")


def _kube_filter(text: str) -> str:
    match = _KUBE.match(text)
    namespace, pod, container = match.groups() if match else ("", "", None)
    kind = (
        f'labels."{labels.KUBE_CONTAINER}"=="{container}"'
        if container
        else f'labels."{labels.CRI_KIND}"==sandbox'
    )
    return f'labels."{labels.KUBE_NAMESPACE}"=="{namespace}",labels."{labels.KUBE_POD}"=="{pod}",{kind}'


def _the_only(text: str, found: list[ContainerRecord]) -> ContainerRecord:
    if not found:
        raise no_such_container(text)
    if len(found) > 1:
        raise InvalidArgument(
            f'multiple containers found with the id prefix "{text}"', hint="give more of the id, or the name"
        )
    return found[0]
