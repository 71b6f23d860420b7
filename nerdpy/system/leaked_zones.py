"""What the engine's name server says of containers that are gone; and name servers that serve nobody."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.linux import process
from nerdpy.network.name_server import NameServer
from nerdpy.network.tending import alone
from nerdpy.network.zone import parse_zone
from nerdpy.system.leak import Leak, Living, container, since, started

_PATIENCE = timedelta(seconds=1)


def leaked_zones(living: Living) -> Iterator[Leak]:
    """Both."""
    folder = living.engine.paths.dns
    server = NameServer(folder)
    for path in server.files() if folder.is_dir() else ():
        namespace = path.name.partition("@")[0]
        zone = parse_zone(_read(path))
        for member in zone.members if zone is not None else ():
            if not living.is_attached(namespace, member.container_id):
                yield Leak(
                    kind="zone",
                    name=f"{path.name} {member.container_id[:12]}",
                    owner=container(namespace, member.container_id),
                    since=since(path),
                    remove=partial(_forget, living.engine, path.name, member.container_id),
                )
    known = server.load()
    for pid, _ in process.with_word(str(server.zones)):
        if not (known and known.pid == pid and server.files()):
            yield Leak(
                kind="process",
                name=f"{pid} aardvark-dns",
                owner=f"name server {folder}",
                since=started(pid),
                remove=partial(process.end, pid, _PATIENCE),
            )


def _forget(engine: Engine, name: str, container_id: str) -> None:
    with alone(engine):
        server = NameServer(engine.paths.dns)
        zone = parse_zone(_read(server.zones / name))
        if zone is None:
            return
        after = zone.without(container_id)
        if after.members:
            server.update(server.write(name, after))
        else:
            server.remove(name)
            server.update()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
