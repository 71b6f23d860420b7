"""A lease that outlives nobody: what it holds goes with a command that fails, is interrupted or killed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nerdpy.containerd.client import Client
from nerdpy.engine import Engine
from nerdpy.errors import NotFound

HOLD = "hold"
"""The intent's operation; what stands for the container is the lease's id."""


@contextmanager
def leased_whole(engine: Engine) -> Iterator[Client]:
    """A client whose lease is given back at once, with all that it held, when the block fails.

    An intent tells the next command of the lease, should we be killed.
    """
    key = f"nerdpy-{HOLD}-{secrets.token_hex(8)}"
    intent = engine.store.intents.begin(HOLD, key)
    try:
        with engine.containerd.leased(lease_id=key) as client:
            try:
                yield client
            except BaseException:
                give_back_lease(engine, key)
                raise
    finally:
        intent.done()


def give_back_lease(engine: Engine, key: str) -> None:
    """And wait until what it alone held is gone; a lease that is not there is fine."""
    with suppress(NotFound):
        engine.containerd.leases.delete(key, synchronous=True)
