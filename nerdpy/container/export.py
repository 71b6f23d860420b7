"""A container's whole filesystem as a tar archive, without its volumes (docker's `export`)."""

from nerdpy.container.root import layer_mounts
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.linux.new_file import new_file
from nerdpy.linux.rootfs import opened
from nerdpy.linux.tar_write import TarStream
from nerdpy.model.records import ContainerRecord

__all__ = ["export", "new_file"]


def export(engine: Engine, record: ContainerRecord, out: int) -> None:
    """Write the archive to the open file, pipe or socket `out`; BrokenPipeError when nobody reads it."""
    mounts = layer_mounts(engine, record)
    with opened(mounts, engine.paths.mounts, is_read_only=True) as root:
        stream = TarStream(out)
        stream.add_contents(root)
        stream.finish()
    tell(engine, record, "export")
