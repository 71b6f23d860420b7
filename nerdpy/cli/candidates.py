"""The names of things that exist, for completion. Never starts an engine, and never complains."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.errors import NerdpyError

if TYPE_CHECKING:
    from nerdpy.config import Config
    from nerdpy.engine import Engine


def named(kind: str, given: Sequence[tuple[str, str]], environ: Mapping[str, str]) -> Iterator[str]:
    """The names of one kind; none where the engine does not answer. `given` are the flags typed before."""
    try:
        if kind in FINDERS:
            yield from FINDERS[kind](_running_engine(_config(given, environ)))
        elif kind in ON_DISK:
            yield from ON_DISK[kind](_config(given, environ))
        elif kind in WORDS:
            yield from WORDS[kind](given)
    except (NerdpyError, OSError):
        return


def _config(given: Sequence[tuple[str, str]], environ: Mapping[str, str]) -> "Config":
    """The settings of the flags typed so far."""
    from nerdpy.cli.flags import value_of
    from nerdpy.cli.settings import GLOBAL, merged, settings_of

    flags: dict[str, Any] = {}
    for flag, text in ((GLOBAL[name], text) for name, text in given if name in GLOBAL):
        flags = merged(flags, {flag.field: value_of(flag, [text])})
    return settings_of(flags, environ)


def _running_engine(config: "Config") -> "Engine":
    """An Engine on the socket that the flags name, or on one that answers; it starts none."""
    from nerdpy.dataclass import replace
    from nerdpy.engine import Engine
    from nerdpy.system.private import ensure_running

    return Engine(ensure_running(replace(config, auto_start=False)))


def _containers(engine: "Engine") -> Iterable[str]:
    from nerdpy.container.find import shown_as
    from nerdpy.container.ls import list_containers

    return [shown_as(look.record) for look in list_containers(engine, everything=True)]


def _images(engine: "Engine") -> Iterable[str]:
    from nerdpy.container.ls import familiar_image
    from nerdpy.image.names import shown_name

    names = [record.name for record in engine.containerd.images.list()]
    return [familiar_image(name) for name in names if not shown_name(name).is_dangling]


def _networks(engine: "Engine") -> Iterable[str]:
    from nerdpy.network.find import list_networks

    return dict.fromkeys(["bridge", "host", "none", *(network.name for network in list_networks(engine))])


def _networks_to_join(engine: "Engine") -> Iterable[str]:
    """Those that containers come to and leave: `host` and `none` are decided when one is made."""
    return (name for name in _networks(engine) if name not in ("host", "none"))


def _networks_to_remove(engine: "Engine") -> Iterable[str]:
    """Those that somebody made with nerdpy or nerdctl."""
    from nerdpy.network.find import list_networks

    return (one.name for one in list_networks(engine) if one.id and not one.is_default)


def _volumes(engine: "Engine") -> Iterable[str]:
    return [folder.name for folder in engine.paths.volumes.iterdir() if folder.is_dir()]


def _namespaces(engine: "Engine") -> Iterable[str]:
    return [record.name for record in engine.containerd.namespaces.list()]


def _snapshotters(engine: "Engine") -> Iterable[str]:
    from nerdpy.image.snapshotter import snapshotters

    return [plugin.id for plugin in snapshotters(engine) if not plugin.error]


def _verifiers(engine: "Engine") -> Iterable[str]:
    from nerdpy.image.verifier import installed, look

    return [verifier.name for verifier in installed(look(engine).settings)]


def _manifest_lists(config: "Config") -> Iterable[str]:
    from nerdpy.manifest.lists import Lists

    return Lists.of(config).names()


def _logins(config: "Config") -> Iterable[str]:
    from nerdpy.registry.docker_config import load_docker_config

    file = load_docker_config(config.docker_config)
    return dict.fromkeys([*file.auths, *file.helpers])


def _network_drivers(given: Sequence[tuple[str, str]]) -> Iterable[str]:
    from nerdpy.network.driver_options import DRIVERS

    return DRIVERS


def _network_options(given: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Of the driver that was typed before."""
    from nerdpy.network.driver_options import option_names

    driver = next((text for name, text in reversed(given) if name in ("-d", "--driver")), "bridge")
    return [f"{name}=" for name in option_names(driver)]


def _network_filters(given: Sequence[tuple[str, str]]) -> Iterable[str]:
    from nerdpy.network.filtering import CHOICES, LIST_KEYS

    return [f"{key}={value}" for key in LIST_KEYS for value in CHOICES.get(key, ("",))]


FINDERS = {
    "container": _containers,
    "image": _images,
    "network": _networks,
    "network-to-join": _networks_to_join,
    "network-to-remove": _networks_to_remove,
    "volume": _volumes,
    "namespace": _namespaces,
    "snapshotter": _snapshotters,
    "verifier": _verifiers,
}
"""What `complete=` of an Option or Argument may say, besides `file`."""
ON_DISK = {"manifest": _manifest_lists, "login": _logins}
"""The same for what is there without an engine."""
WORDS = {
    "network-driver": _network_drivers,
    "network-option": _network_options,
    "network-filter": _network_filters,
}
"""The same for what is always there; it may depend on what was typed before."""
