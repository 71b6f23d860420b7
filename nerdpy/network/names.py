"""Keep the hosts files of containers up to date, so that those on one network know each other by name."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.network.attachment import Attachment, attachment_of, load_record, locked, save_record
from nerdpy.network.hosts import first_hosts, neighbour_lines, own_lines, rewritten

__all__ = ["refresh_hosts", "rename_in_hosts"]


def refresh_hosts(engine: Engine, container_id: str, *, left: Collection[str] = ()) -> None:
    """After this container was attached, detached or renamed: write its hosts file, and its neighbours',
    also on networks that it has `left`.

    The default network's containers don't learn each other's names, so then there is one file to write.
    """
    known = _known(engine, container_id)
    if known is None:
        return
    own, unnamed = known
    shared = {network.name for network in own.networks} - unnamed | {*left}
    if not shared:
        _write(engine, own, own_lines(own))
        return
    with _writing(engine):
        everybody = list(_everybody(engine))
        for one, ones_unnamed in everybody:
            if one.container_id == container_id or shared & {network.name for network in one.networks}:
                others = (other for other, _ in everybody)
                _write(engine, one, [*own_lines(one), *neighbour_lines(one, others, ones_unnamed)])


def rename_in_hosts(engine: Engine, container_id: str, name: str) -> None:
    """Tell a container's new name to its neighbours."""
    path = engine.paths.attachment(container_id)
    with locked(engine, container_id):
        record = load_record(path)
        if record is None:
            return
        record.names = replace(record.names, name=name)
        save_record(path, record)
    refresh_hosts(engine, container_id)


def _known(engine: Engine, container_id: str) -> tuple[Attachment, set[str]] | None:
    record = load_record(engine.paths.attachment(container_id))
    if record is None:
        return None
    return attachment_of(container_id, record), {link.name for link in record.links if link.is_default}


def _everybody(engine: Engine) -> Iterator[tuple[Attachment, set[str]]]:
    try:
        names = os.listdir(engine.paths.containers)
    except FileNotFoundError:
        return
    for name in sorted(names):
        known = _known(engine, name)
        if known is not None:
            yield known


def _write(engine: Engine, own: Attachment, block: list[str]) -> None:
    """In place: the file is bind-mounted into the container, so a new inode would never be seen there."""
    path = engine.paths.hosts(own.container_id)
    try:
        _rewrite(path, block)
    except FileNotFoundError:
        if path.parent.is_dir():
            path.write_text(first_hosts(own.names.extra_hosts, block))
            path.chmod(0o644)


def _rewrite(path: Path, block: list[str]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        before = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        after = rewritten(before.decode(errors="surrogateescape"), block).encode(errors="surrogateescape")
        if after != before:
            os.pwrite(descriptor, after, 0)
            os.ftruncate(descriptor, len(after))
    finally:
        os.close(descriptor)


@contextmanager
def _writing(engine: Engine) -> Iterator[None]:
    descriptor = os.open(engine.paths.containers, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
