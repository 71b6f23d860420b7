"""Snapshots and leases in containerd that nerdpy has labelled as its own and that nobody owns."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from nerdpy import labels
from nerdpy.containerd.client import Client
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.linux import process
from nerdpy.model.identifier import is_full_id
from nerdpy.system.leak import Leak, Living, container


def leaked_objects(living: Living) -> Iterator[Leak]:
    """Of every namespace."""
    for namespace in living.records:
        client = living.engine.containerd.in_namespace(namespace)
        for snapshotter in _snapshotters(living, namespace):
            yield from _snapshots(living, client, snapshotter)
        yield from _leases(client)


def _snapshotters(living: Living, namespace: str) -> set[str]:
    """Those in which our snapshots can be: the one of the settings, and those that containers have."""
    found = {record.snapshotter for record in living.records[namespace].values()}
    return (found | {living.engine.config.snapshotter}) - {""}


def _snapshots(living: Living, client: Client, snapshotter: str) -> Iterator[Leak]:
    snapshots = client.snapshots(snapshotter)
    with suppress(NerdpyError):  # a snapshotter that is not running has nothing that we could see
        for one in snapshots.list():
            container_id = one.name.partition("-")[0]
            if one.labels.get(labels.GC_ROOT) != "nerdpy" or not is_full_id(container_id):
                continue
            if not living.has(client.namespace, container_id):
                yield Leak(
                    kind="snapshot",
                    name=f"{client.namespace}/{one.name}",
                    owner=container(client.namespace, container_id),
                    since=one.created_at,
                    remove=partial(_gone, partial(snapshots.remove, one.name)),
                )


def _leases(client: Client) -> Iterator[Leak]:
    for lease in client.leases.list():
        mark = lease.labels.get(labels.PROCESS, "")
        if mark and not process.is_marked_alive(mark):
            yield Leak(
                kind="lease",
                name=f"{client.namespace}/{lease.id}",
                owner=f"process {mark.partition('-')[0]}",
                since=lease.created_at,
                remove=partial(_gone, partial(client.leases.delete, lease.id, synchronous=True)),
            )


def _gone(remove: Callable[[], object]) -> None:
    with suppress(NotFound):
        remove()
