"""What a transfer with a registry needs: a client whose lease keeps what is under way, and how to get in."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nerdpy.containerd.client import Client
from nerdpy.containerd.transfer_ends import RegistryAccess
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.model.reference import Reference
from nerdpy.registry.credentials import keychain_of
from nerdpy.registry.hosts import host_dirs_for


@contextmanager
def reaching(engine: Engine, reference: Reference) -> Iterator[tuple[Client, RegistryAccess]]:
    """A client under a lease, and the access to the reference's registry, while the block lasts.

    What fails or is interrupted gives back at once what it had fetched or written.
    """
    config = engine.config
    with (
        host_dirs_for(
            reference.domain,
            configured=config.hosts_dir,
            is_insecure=config.insecure_registry,
            draft=engine.store.drafts.new(),
        ) as host_dirs,
        engine.containerd.leased() as client,
    ):
        try:
            yield client, RegistryAccess(host_dirs=host_dirs, credentials=keychain_of(config))
        except BaseException:
            with suppress(NotFound):
                client.leases.delete(client.calls.lease, synchronous=True)
            raise
