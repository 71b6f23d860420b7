"""Make a container and start it, with the network being made while the rest goes on."""

from collections.abc import Callable
from contextlib import ExitStack

from nerdpy.container.connect import Connection, Wish, take_ports
from nerdpy.container.create import Draft, complete, reserve
from nerdpy.container.extra_hosts import resolve_extra_hosts
from nerdpy.container.failure import is_unclear
from nerdpy.container.pins import prepare_pins
from nerdpy.container.ports import wanted_ports
from nerdpy.container.shm import prepare_shm
from nerdpy.container.start import remember_failure, write_start
from nerdpy.container.task import StartedTask, Streams, start_task
from nerdpy.container.teardown import abandon
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.options import CreateOptions
from nerdpy.model.records import ContainerRecord, SnapshotMount
from nerdpy.network.attachment import ContainerNames

Told = Callable[[str], None]


def nobody(container_id: str) -> None:
    """Who is told by default."""


def run(
    engine: Engine, options: CreateOptions, streams: Streams | None = None, told: Told = nobody
) -> StartedTask:
    """A new container whose task runs when this returns; `told` hears its id as soon as it exists.

    What is refused before the container exists leaves nothing. A start that fails leaves the container,
    created and
    with the runtime's sentence in `State.Error`, as docker does; with --rm it leaves nothing either.
    """
    with ExitStack() as undo:
        draft = reserve(engine, options, undo)
        with engine.store.locks.container(draft.container_id):
            connection = _connect(engine, draft, undo)
            record, mounts = complete(engine, draft)
            prepare_shm(engine, record)
            prepare_pins(engine, record)
            told(record.id)
            undo.pop_all()
            return _start(engine, draft, record, mounts, connection, streams or Streams())


def _connect(engine: Engine, draft: Draft, undo: ExitStack) -> Connection:
    """Take the ports, and set the network going."""
    wish = wish_for(engine, draft)
    lease = take_ports(engine, wish, wanted_ports(draft.options.network, draft.image_facts))
    if lease is not None:
        undo.callback(lease.close)
    connection = Connection(engine, wish, lease).begin()
    undo.callback(connection.undo)
    return connection


def _start(
    engine: Engine,
    draft: Draft,
    record: ContainerRecord,
    mounts: tuple[SnapshotMount, ...],
    connection: Connection,
    streams: Streams,
) -> StartedTask:
    try:
        task = start_task(engine, record, mounts, connection, streams)
        write_start(engine, record, task.started_at, connection.ports, task.watched_by)
    except BaseException as error:
        if draft.options.life.auto_remove or not isinstance(error, NerdpyError) or is_unclear(error):
            abandon(engine, draft.intent)  # ^C too leaves nothing half-made
        else:
            remember_failure(engine, record.id, error)
            draft.intent.done()
        raise
    draft.intent.done()
    return task


def wish_for(engine: Engine, draft: Draft) -> Wish:
    """What the container wants of the network, before it has a record."""
    options = draft.options
    return Wish(
        container_id=draft.container_id,
        requests=_requests(draft),
        found=draft.networks,
        names=ContainerNames(
            name=draft.name,
            hostname=draft.hostname,
            domainname=options.identity.domainname,
            aliases=options.network.first.aliases,
            extra_hosts=resolve_extra_hosts(engine.config, options.network.extra_hosts),
        ),
        maps=draft.maps,
    )


def _requests(draft: Draft) -> tuple[NetworkRequest, ...]:
    joined = draft.joined.network
    if joined is not None:
        return (NetworkRequest(name=f"container:{joined.id}"),)
    return draft.options.network.requests
