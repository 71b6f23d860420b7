"""The names of things that exist, for completion. Never starts an engine, and never complains."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.errors import NerdpyError

if TYPE_CHECKING:
    from nerdpy.engine import Engine


def named(kind: str, given: Sequence[tuple[str, str]], environ: Mapping[str, str]) -> Iterator[str]:
    """The names of one kind; none where the engine does not answer. `given` are the flags typed before."""
    find = FINDERS.get(kind)
    if find is None:
        return
    try:
        yield from find(_running_engine(given, environ))
    except (NerdpyError, OSError):
        return


def _running_engine(given: Sequence[tuple[str, str]], environ: Mapping[str, str]) -> "Engine":
    """An Engine on the socket that the flags name, or on one that answers; it starts none."""
    import dataclasses

    from nerdpy.cli.flags import value_of
    from nerdpy.cli.settings import GLOBAL, merged, settings_of
    from nerdpy.engine import Engine
    from nerdpy.system.private import ensure_running

    flags: dict[str, Any] = {}
    for flag, text in ((GLOBAL[name], text) for name, text in given if name in GLOBAL):
        flags = merged(flags, {flag.field: value_of(flag, [text])})
    config = dataclasses.replace(settings_of(flags, environ), auto_start=False)
    return Engine(ensure_running(config))


def _containers(engine: "Engine") -> Iterable[str]:
    from nerdpy.container.find import shown_as
    from nerdpy.container.ls import list_containers

    return [shown_as(look.record) for look in list_containers(engine, everything=True)]


def _images(engine: "Engine") -> Iterable[str]:
    from nerdpy.container.ls import familiar_image

    return [familiar_image(record.name) for record in engine.containerd.images.list()]


def _networks(engine: "Engine") -> Iterable[str]:
    from nerdpy.network.find import list_networks

    return ["bridge", "host", "none", *(network.name for network in list_networks(engine))]


def _volumes(engine: "Engine") -> Iterable[str]:
    return [folder.name for folder in engine.paths.volumes.iterdir() if folder.is_dir()]


def _namespaces(engine: "Engine") -> Iterable[str]:
    return [record.name for record in engine.containerd.namespaces.list()]


FINDERS = {
    "container": _containers,
    "image": _images,
    "network": _networks,
    "volume": _volumes,
    "namespace": _namespaces,
}
"""What `complete=` of an Option or Argument may say, besides `file`."""
