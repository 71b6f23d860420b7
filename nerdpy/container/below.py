"""What a container's writable layer stands on, borrowed for as long as it is looked at.

The view is a snapshot of containerd's, held by a lease. Both are written down as an intent first: of a
command that was killed, the next one takes them away, and thaws the container if it was frozen for the look.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nerdpy.container.find import shown_as
from nerdpy.container.monitoring import nerdpy_command, nerdpy_environment
from nerdpy.container.tasks import task_of
from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NotFound
from nerdpy.linux.last_will import LastWill
from nerdpy.model.monitor import EXITED
from nerdpy.model.records import ContainerRecord, SnapshotMount
from nerdpy.store.intents import Intent

VIEW, COMMIT = "view", "commit"
"""The operations of such intents."""


@dataclass(frozen=True, kw_only=True)
class Below:
    """The layers under a container."""

    client: Client
    """Keeps what it makes until the block ends."""
    parent: str
    """The chain id of the image's layers; empty when there are none."""
    mounts: tuple[SnapshotMount, ...]
    intent: Intent


@contextmanager
def borrowed(engine: Engine, record: ContainerRecord, operation: str = VIEW) -> Iterator[Below]:
    """Mounts of what the container was made from."""
    if not record.snapshot_key:
        raise FailedPrecondition(
            f"container {shown_as(record)} stands on no image: it has a root folder of its own"
        )
    parent = engine.containerd.snapshots(record.snapshotter).stat(record.snapshot_key).parent
    key = f"nerdpy-{operation}-{secrets.token_hex(8)}"
    intent = engine.store.intents.begin(operation, record.id, view=key, snapshotter=record.snapshotter)
    try:
        with engine.containerd.leased(lease_id=key) as client:
            mounts = client.snapshots(record.snapshotter).view(key, parent)
            yield Below(client=client, parent=parent, mounts=mounts, intent=intent)
    finally:
        give_back(engine, intent)
        intent.done()


@contextmanager
def frozen(engine: Engine, intent: Intent) -> Iterator[None]:
    """Pause the container for the block. Should we be killed in it, a small helper calls nerdpy, which thaws
    the container because the intent says so; should that be killed too, the next command does it."""
    config = engine.config
    call = [*nerdpy_command(config), "internal", EXITED, intent.container_id]  # every call sweeps first
    will = LastWill(call, nerdpy_environment(config))
    try:
        intent.add(paused=True)
        engine.containerd.tasks.pause(intent.container_id)
        yield
    finally:
        thaw(engine, intent)
        will.revoke()


def give_back(engine: Engine, intent: Intent) -> None:
    """Take away what such an intent says; what is gone already is fine."""
    facts = intent.facts
    if facts.get("paused"):
        thaw(engine, intent)
    key = str(facts["view"])
    with suppress(NotFound):
        engine.containerd.snapshots(str(facts["snapshotter"])).remove(key)
    with suppress(NotFound):
        engine.containerd.leases.delete(key)


def thaw(engine: Engine, intent: Intent) -> None:
    """Let the container go on that `frozen` has paused."""
    task = task_of(engine, intent.container_id)
    if task is not None and task.status in {"paused", "pausing"}:
        with suppress(NotFound, FailedPrecondition):
            engine.containerd.tasks.resume(intent.container_id)
    intent.add(paused=False)
