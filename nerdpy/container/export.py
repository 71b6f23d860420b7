"""A container's whole filesystem as a tar archive, without its volumes (docker's `export`)."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nerdpy.container.root import layer_mounts
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound, ResourceExhausted
from nerdpy.linux.rootfs import opened
from nerdpy.linux.tar_write import TarStream
from nerdpy.model.records import ContainerRecord


def export(engine: Engine, record: ContainerRecord, out: int) -> None:
    """Write the archive to the open file, pipe or socket `out`; BrokenPipeError when nobody reads it."""
    mounts = layer_mounts(engine, record)
    with opened(mounts, engine.paths.mounts, is_read_only=True) as root:
        stream = TarStream(out)
        stream.add_contents(root)
        stream.finish()
    tell(engine, record, "export")


@contextmanager
def new_file(path: str) -> Iterator[int]:
    """A file that appears at `path` when it is whole, for its owner only; what was there is replaced."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise NotFound(f'invalid output path: directory "{os.path.dirname(path)}" does not exist')
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InvalidArgument(f'invalid output path: "{path}" is not a regular file')
    draft = f"{folder}/.nerdpy-{os.urandom(8).hex()}"
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file.fileno()
        os.replace(draft, os.path.realpath(path))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise ResourceExhausted(f'cannot write "{path}": {(error.strerror or "").lower()}') from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
