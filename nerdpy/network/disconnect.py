"""Disconnect a container that runs from one of its networks."""

from collections.abc import Collection

from nerdpy.engine import Engine
from nerdpy.network.attachment import load_record, locked, save_record
from nerdpy.network.connect import take_out
from nerdpy.network.names import refresh_hosts
from nerdpy.network.telling import tell_of_link


def disconnect(engine: Engine, container_id: str, name: str) -> None:
    """Take its interface on the network away; one that it has not is fine."""
    record = load_record(engine.paths.attachment(container_id))
    if record is not None:
        keep_only(engine, container_id, {link.name for link in record.links} - {name})


def keep_only(engine: Engine, container_id: str, names: Collection[str]) -> bool:
    """Disconnect it from all networks but these; says whether published ports lead anywhere now.

    Also what a killed command has begun: a link that its record knows is taken down, however far it came.
    """
    path = engine.paths.attachment(container_id)
    left = []
    with locked(engine, container_id) as lock:
        record = load_record(path)
        if record is None:
            return False
        for link in [one for one in record.links if one.name not in names]:
            if record.state == "attached":
                take_out(engine, container_id, record, link, lock)
                tell_of_link(engine, container_id, link, "disconnect")
            else:
                record.links.remove(link)
                save_record(path, record)
            left.append(link.name)
        is_published = any(link.publishes for link in record.links)
        if not is_published and record.ports:
            record.ports = []
            save_record(path, record)
    if left:
        refresh_hosts(engine, container_id, left=left)
    return is_published
