"""Connect one container to its networks, and take the connection down again.

`attach` runs while the task is being created, so it takes care to be quick; `detach` may be called as often
as one likes, also for what a killed process has left half made.
"""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from nerdpy.cni.conflist import Network
from nerdpy.cni.run import Call, run
from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine, Warned
from nerdpy.errors import NerdpyError
from nerdpy.linux import netns
from nerdpy.model.idmap import IdMaps
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.ports import PortMapping
from nerdpy.network import chain
from nerdpy.network.attachment import (
    Attachment,
    ContainerNames,
    Link,
    Record,
    attachment_of,
    load_attachment,
    load_record,
    locked,
    save_record,
)
from nerdpy.network.names import refresh_hosts
from nerdpy.network.pin import pin_namespaces
from nerdpy.network.plan import asked_of, plan_links
from nerdpy.network.publish import publish, unpublish
from nerdpy.network.tags import mark_links
from nerdpy.network.telling import tell_of_link

__all__ = ["AttachmentRequest", "attach", "detach", "is_attached", "load_attachment", "reattach"]


@dataclass(frozen=True, kw_only=True)
class AttachmentRequest:
    """One container's wish."""

    container_id: str
    netns_path: Path
    """Pinned by `pin_namespaces`; made here if it is not."""
    networks: tuple[Network, ...]
    """In order: eth0, eth1, ..."""
    endpoints: tuple[NetworkRequest, ...] = ()
    """What is asked of each of them, in the same order; of those beyond its end, nothing."""
    ports: tuple[PortMapping, ...] = ()
    """Resolved: every one has its host port."""
    names: ContainerNames = field(default_factory=ContainerNames)
    maps: IdMaps | None = None
    """Of the user namespace that owns the network's, where the container has one."""


def attach(engine: Engine, request: AttachmentRequest) -> Attachment:
    """Connect the container to all its networks, or to none: a failure takes down what was up already.

    Its hosts file is written, and those of its neighbours.
    """
    record = Record(
        state="attaching",
        netns=str(request.netns_path),
        links=plan_links(request),
        ports=sorted(request.ports),
        names=request.names,
    )
    path = engine.paths.attachment(request.container_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(engine, request.container_id) as lock:
        _detach(engine, request.container_id, lock)
        save_record(path, record)
        try:
            pin_namespaces(engine, request.container_id, request.netns_path, request.maps)
            for link in record.links:
                _add(engine, request.container_id, record, link, lock)
                save_record(path, record)
        except BaseException:
            with suppress(NerdpyError, OSError):
                _detach(engine, request.container_id, lock)
            raise
        record.state = "attached"
        save_record(path, record)
    for link in record.links:
        tell_of_link(engine, request.container_id, link, "connect")
    refresh_hosts(engine, request.container_id)
    return attachment_of(request.container_id, record)


def detach(engine: Engine, container_id: str) -> None:
    """Disconnect the container from all its networks; nothing to do is fine.

    The namespace's pin goes too, unless somebody lives in it (`--network container:X`): then it is kept,
    without the interfaces, for the container's next start.
    """
    with locked(engine, container_id) as lock:
        has_changed = _detach(engine, container_id, lock)
    if has_changed:
        refresh_hosts(engine, container_id)


def reattach(engine: Engine, container_id: str) -> Attachment | None:
    """Connect it again as it was the last time, unless it still is; None: it never had a network.

    For a task that containerd's restart monitor, or a reboot, started.
    """
    record = load_record(engine.paths.attachment(container_id))
    if record is None or not record.links:
        return None
    if is_attached(engine, container_id):
        return attachment_of(container_id, record)
    from nerdpy.network.ensure import ensure

    request = AttachmentRequest(
        container_id=container_id,
        netns_path=Path(record.netns),
        networks=ensure(engine, [link.name for link in record.links]),
        endpoints=tuple(asked_of(link) for link in record.links),
        ports=tuple(record.ports),
        names=record.names,
    )
    return attach(engine, request)


def is_attached(engine: Engine, container_id: str) -> bool:
    """Are its networks up? A record from before a reboot says yes, but its namespace is gone."""
    record = load_record(engine.paths.attachment(container_id))
    return record is not None and record.state == "attached" and netns.is_pinned(Path(record.netns))


def _add(engine: Engine, container_id: str, record: Record, link: Link, lock: int) -> None:
    call = _call(engine, container_id, record.netns, link, lock)
    result: dict[str, Any] | None = None
    try:
        with chain.guarded(engine.cni, link):
            for configuration in link.plugins:
                given = configuration | ({"prevResult": result} if result else {})
                result = chain.decoded(run("ADD", given, call)) or result
    except NerdpyError as error:
        from nerdpy.network import explain

        raise explain.failed_attachment(error, link) from error
    link.result = result or {}
    mark_links(engine, container_id, link)
    if link.rules is not None:
        publish(engine, call.container_id, link, record.ports)


def _detach(engine: Engine, container_id: str, lock: int) -> bool:
    """Says whether there was anything to take down."""
    path = engine.paths.attachment(container_id)
    record = load_record(path)
    if record is None or record.state == "detached":
        return False
    pin = Path(record.netns)
    number = netns.inode(pin)
    is_joined = bool(number) and netns.is_inhabited(number)
    if not is_joined and all(link.rules is not None for link in record.links):
        netns.remove(pin)  # the kernel takes the interfaces down on its own time; a plugin would wait for it
    there = str(pin) if netns.is_pinned(pin) else ""
    for link in reversed(record.links):
        _delete(engine, record, link, _call(engine, container_id, there, link, lock))
        link.result = None
        if record.state == "attached":
            tell_of_link(engine, container_id, link, "disconnect")
    if not is_joined:
        netns.remove(pin)
    record.state = "detached"
    try:
        save_record(path, record)
    except OSError:  # a full disk: no record says the same, and takes no room
        path.unlink()
    return True


def _delete(engine: Engine, record: Record, link: Link, call: Call) -> None:
    """Every plugin gets its DEL, whatever the others say: what one has left behind the next must not keep."""
    unpublishing = threading.Thread(target=unpublish, args=(engine, call.container_id, link, record.ports))
    unpublishing.start()  # the kernel takes 10 ms to be sure that no packet uses the rules any more
    complaints: list[str] = []
    previous = {"prevResult": link.result} if link.result else {}
    with chain.guarded(engine.cni, link):
        for configuration in reversed(link.plugins):
            try:
                run("DEL", configuration | previous, call)
            except NerdpyError as error:
                complaints.append(error.message)
    unpublishing.join()
    for complaint in complaints:
        engine.notify(Warned(f'leaving network "{link.name}": {complaint}'))


def _call(engine: Engine, container_id: str, path: str, link: Link, lock: int) -> Call:
    return Call(
        container_id=f"{engine.config.namespace}-{container_id}",
        netns=path,
        interface=link.interface,
        arguments=link.arguments,
        folders=engine.cni.folders,
        lock=lock,
    )
