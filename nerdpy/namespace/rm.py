"""Remove namespaces in which nothing is left."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from nerdpy.engine import Engine
from nerdpy.errors import Conflict, FailedPrecondition, PermissionDenied
from nerdpy.linux.stray_groups import remove_empty_group
from nerdpy.namespace.contents import Contents, look_into, within
from nerdpy.namespace.find import get
from nerdpy.namespace.several import for_each

Told = Callable[[str], None]


def remove(engine: Engine, names: Iterable[str], told: Told, *, with_cgroup: bool = False) -> None:
    """Remove each, and tell its name; Conflict for one that is not empty, NotFound for one that isn't there.

    `with_cgroup` takes its control group along, which must have no process in it.
    """

    def remove_one(name: str) -> None:
        get(engine, name)
        _check_empty(engine, name)
        if with_cgroup:
            _remove_group(name)
        try:
            engine.containerd.namespaces.delete(name)
        except FailedPrecondition:  # somebody has just put something there
            raise _not_empty(name, look_into(engine, name)) from None
        _remove_folders(within(engine, name))
        told(name)

    for_each(names, remove_one)


def _check_empty(engine: Engine, name: str) -> None:
    """What nobody needs any more is collected first: it is no reason to refuse."""
    left = look_into(engine, name)
    if left and not left.is_needed:
        engine.containerd.in_namespace(name).leases.collect_garbage()
        left = look_into(engine, name)
    if left:
        raise _not_empty(name, left)


def _remove_folders(there: Engine) -> None:
    """What nerdpy and CNI have kept there is gone; the folders were for it."""
    paths = there.paths
    for folder in (paths.containers, paths.volumes, there.cni.netconf / there.config.namespace):
        with suppress(OSError):
            folder.rmdir()


def _not_empty(name: str, left: Contents) -> Conflict:
    return Conflict(f'namespace "{name}" is not empty: it has {left}'.rstrip(), hint=way_out(name, left))


def way_out(name: str, left: Contents) -> str:
    """Pure: the commands that empty it, of those that are needed."""
    nerdpy = f"nerdpy --namespace {name}"
    steps = [
        f"`{nerdpy} rm -f $({nerdpy} ps -aq)`" if left.containers or left.tasks else "",
        f"`{nerdpy} rmi -f $({nerdpy} images -q)`" if left.images else "",
        f"`{nerdpy} volume prune -a`" if left.volumes else "",
        f"`{nerdpy} network prune`" if left.networks else "",
        f"`ctr --namespace {name} leases rm {' '.join(left.leases)}`" if left.leases else "",
    ]
    return (
        "empty it first: " + ", then ".join(filter(None, steps or ()))
        if any(steps)
        else ("what is left is held by labels or by a snapshotter: `ctr` shows it")
    )


def _remove_group(name: str) -> None:
    if busy := remove_empty_group(name):
        raise PermissionDenied(
            f'the control group of namespace "{name}" can\'t be removed: {busy}',
            hint="end the processes in it, or leave --cgroup out",
        )
