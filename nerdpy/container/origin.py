"""What a container is made from: an image below a snapshot of its own or, with --rootfs, a folder."""

import os
from collections.abc import Mapping

from nerdpy import labels
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.linux import kernel
from nerdpy.model.options import ImageOptions
from nerdpy.model.records import ContainerRecord, SnapshotMount
from nerdpy.spec.facts import ImageFacts


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The one or the other."""

    name: str
    """A word for names that are made up: the image's name, or the folder."""
    facts: ImageFacts
    chain_id: str = ""
    folder: str = ""
    """The folder to run in; empty for an image."""


def find_origin(engine: Engine, options: ImageOptions) -> Origin:
    """The image, fetched if it must be; or the folder, which must be there."""
    if options.rootfs:
        return Origin(
            name=options.rootfs,
            facts=ImageFacts(platform=f"linux/{kernel.look().architecture}"),
            folder=_checked(options.rootfs),
        )
    from nerdpy.image.ensure import ensure
    from nerdpy.image.facts import image_facts

    image = ensure(engine, options)
    return Origin(name=image.record.name, facts=image_facts(image), chain_id=image.chain_id)


def prepare_root(
    engine: Engine, origin: Origin, container_id: str, more: Mapping[str, str]
) -> tuple[SnapshotMount, ...]:
    """How the container's root is mounted; its snapshot is made here, with `more` labels."""
    if origin.folder:
        return folder_mounts(origin.folder)
    snapshots = engine.containerd.snapshots(engine.config.snapshotter)
    return snapshots.prepare(container_id, origin.chain_id, labels={labels.GC_ROOT: "nerdpy", **more})


def folder_mounts(folder: str) -> tuple[SnapshotMount, ...]:
    """A folder of the host as if a snapshotter had it."""
    return (SnapshotMount("bind", folder, ("rbind", "rw")),)


def task_mounts(engine: Engine, record: ContainerRecord) -> tuple[SnapshotMount, ...]:
    """What the shim mounts as the task's root; nothing where the spec names the folder itself."""
    if not record.snapshot_key:
        return ()
    return engine.containerd.snapshots(record.snapshotter).mounts(record.snapshot_key)


def _checked(folder: str) -> str:
    real = os.path.realpath(folder)
    if not os.path.isdir(real):
        raise NotFound(
            f'root file system "{folder}" is not a folder', hint="--rootfs takes a folder, not an image"
        )
    if real == "/":
        raise InvalidArgument(
            "the host's own root cannot be a container's", hint="give a folder with its own files"
        )
    return real
