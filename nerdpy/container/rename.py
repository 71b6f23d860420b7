"""Give a container another name."""

from nerdpy import labels
from nerdpy.container.find import find
from nerdpy.container.names import bearer_of
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NerdpyError, NotFound
from nerdpy.model.identifier import parse_container_name
from nerdpy.model.records import ContainerRecord
from nerdpy.network.names import rename_in_hosts
from nerdpy.store.intents import Intent

RENAME = "rename"
"""The operation of its intent."""


def rename(engine: Engine, record: ContainerRecord, new: str) -> None:
    """Change the name, in containerd's label, in the reservations and in the hosts files of its
    neighbours."""
    new = parse_container_name(new)
    with engine.store.locks.container(record.id):
        record = find(engine, record.id)
        old = record.labels.get(labels.NAME, "")
        if old == new:
            raise InvalidArgument(f'container {record.id[:12]} is already named "{new}"')
        intent = engine.store.intents.begin(RENAME, record.id, old=old, new=new)
        try:
            engine.store.names.acquire(new, record.id, bearer_of(engine))
            engine.containerd.containers.update(record.id, labels={labels.NAME: new})
        except NerdpyError:
            engine.store.names.release(new, record.id)
            intent.done()
            raise
        tell(engine, record, "rename", name=new, oldName=old)
        engine.store.names.release(old, record.id)
        rename_in_hosts(engine, record.id, new)
        intent.done()


def finish_rename(engine: Engine, intent: Intent) -> None:
    """What a dead rename left: the name that containerd knows counts, and the other is free."""
    try:
        record = engine.containerd.containers.get(intent.container_id)
        name = record.labels.get(labels.NAME, "")
    except NotFound:
        name = ""
    for one in ("old", "new"):
        if (other := str(intent.facts.get(one, ""))) != name:
            engine.store.names.release(other, intent.container_id)
    if name:
        rename_in_hosts(engine, intent.container_id, name)
