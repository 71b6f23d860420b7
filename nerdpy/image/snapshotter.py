"""The snapshotter that was chosen: is it there, and does it get what it needs?

Remote snapshotters (stargz, nydus, soci, overlaybd) mount layers that are not here, and fetch what is read.
For that containerd must tell them which image and which layer a snapshot is made from: it writes the labels
`containerd.io/snapshot/cri.image-ref`, `.layer-digest` and the like (containerd `pkg/snapshotters`) for those
whose configuration says that they want them, and only where it is set up to unpack into them.
"""

from nerdpy.containerd.introspection import Plugin
from nerdpy.engine import Engine, Warned
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError

KIND = "io.containerd.snapshotter.v1"
REMOTE = frozenset({"stargz", "nydus", "soci", "overlaybd"})
"""The names under which remote snapshotters are known."""
WANTS_LABELS = "enable_remote_snapshot_annotations"
"""Of a plugin's exports: `true`."""
UNPREPARED = "no unpack platforms defined"
"""What the transfer service says when it is not set up to unpack into a snapshotter."""


def check_snapshotter(engine: Engine) -> None:
    """InvalidArgument that lists those there are, FailedPrecondition for one that does not work here."""
    name = engine.config.snapshotter
    found = {plugin.id: plugin for plugin in snapshotters(engine)}
    chosen = found.get(name)
    usable = ", ".join(sorted(one.id for one in found.values() if not one.error))
    if chosen is None:
        raise InvalidArgument(
            f'no snapshotter "{name}" in containerd',
            hint=f"it has {usable}; others are added to its configuration as proxy plugins",
        )
    if chosen.error:
        raise FailedPrecondition(
            f'snapshotter "{name}" does not work here: {chosen.error.partition(": skip plugin")[0]}',
            hint=f"those that do: {usable}",
        )


def snapshotters(engine: Engine) -> list[Plugin]:
    """All that containerd knows of, also those that did not start."""
    return engine.containerd.introspection.plugins(f"type=={KIND}")


def is_unprepared(error: NerdpyError) -> bool:
    """Can containerd not unpack into the snapshotter by itself?"""
    return UNPREPARED in str(error)


def warn_of_eagerness(engine: Engine) -> None:
    """Where a remote snapshotter is not told what it needs to be lazy: what to change."""
    name = engine.config.snapshotter
    if name in REMOTE and not _wants_labels(engine):
        engine.notify(
            Warned(
                f"the whole image is fetched: containerd does not tell {name} what a layer is of. Set "
                f'{WANTS_LABELS} = "true" in [proxy_plugins.{name}.exports] of its configuration'
            )
        )


def warn_of_unprepared(engine: Engine) -> None:
    """The same where containerd is not set up to unpack into it: whoever unpacks instead needs all layers."""
    name = engine.config.snapshotter
    if _wants_labels(engine):
        engine.notify(
            Warned(
                f"the whole image is fetched: containerd is not set up to unpack into {name}. Add "
                f'[[plugins."io.containerd.transfer.v1.local".unpack_config]] with snapshotter = "{name}" '
                "and this machine's platform to its configuration"
            )
        )


def _wants_labels(engine: Engine) -> bool:
    name = engine.config.snapshotter
    return any(one.id == name and one.exports.get(WANTS_LABELS) == "true" for one in snapshotters(engine))
