"""The names of things that exist, for completion. Never starts an engine, and never complains."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nerdpy.errors import NerdpyError

if TYPE_CHECKING:
    from nerdpy.engine import Engine


def named(kind: str, given: Sequence[tuple[str, str | None]], environ: Mapping[str, str]) -> Iterator[str]:
    """The names of one kind; none where the engine does not answer. `given` are the flags typed before."""
    find = FINDERS.get(kind)
    if find is None:
        return
    try:
        engine = _running_engine(given, environ)
        yield from find(engine) if engine is not None else ()
    except (NerdpyError, OSError):
        return


def _running_engine(given: Sequence[tuple[str, str | None]], environ: Mapping[str, str]) -> "Engine | None":
    """An Engine on the socket that the flags name, or that is there."""
    import dataclasses

    from nerdpy.cli.command import gather
    from nerdpy.cli.settings import GLOBAL, settings_of
    from nerdpy.config import SYSTEM_ADDRESS
    from nerdpy.engine import Engine
    from nerdpy.paths import engine_paths

    flags = gather([(name, value) for name, value in given if name in GLOBAL], GLOBAL)
    config = settings_of(flags, environ)
    private = engine_paths(config.data_root, config.state_root).socket
    for address in (config.address,) if config.address else (SYSTEM_ADDRESS, str(private)):
        if Path(address).is_socket():
            return Engine(dataclasses.replace(config, address=address))
    return None


def _containers(engine: "Engine") -> Iterable[str]:
    from nerdpy.container.find import name_of
    from nerdpy.container.ls import list_containers

    return [name_of(look.record) or look.record.id[:12] for look in list_containers(engine, everything=True)]


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
