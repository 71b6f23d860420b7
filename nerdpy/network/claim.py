"""The moment from which a container uses its networks: nobody removes them any more.

`network rm` and `prune` ask for users and remove under the lock of the network files; whoever begins to
use a network writes that down under the same lock, shared, after a look whether the network is still there.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.network.attachment import Record, save_record


@contextmanager
def kept(engine: Engine, networks: Iterable[Network]) -> Iterator[None]:
    """Nobody removes them meanwhile. NotFound when one was removed, or made anew, since it was read."""
    with engine.cni.unchanged():
        for network in networks:
            if not engine.cni.is_still(network):
                raise NotFound(
                    f'network "{network.name}" was removed or changed meanwhile',
                    hint="repeat the command; `nerdpy network ls` shows what there is",
                )
        yield


def claim(engine: Engine, container_id: str, record: Record, networks: Iterable[Network]) -> None:
    """Save the record, which names the networks. NotFound as above, or when the container is gone."""
    with kept(engine, networks):
        try:
            save_record(engine.paths.attachment(container_id), record)
        except FileNotFoundError as error:
            raise NotFound(f"container {container_id[:12]} was removed meanwhile") from error
