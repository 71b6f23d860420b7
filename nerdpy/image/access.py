"""What a transfer with a registry needs: a client whose lease keeps what is under way, and how to get in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from nerdpy.containerd.client import Client
from nerdpy.containerd.transfer_ends import RegistryAccess
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.model.reference import Reference
from nerdpy.registry.credentials import keychain_of
from nerdpy.registry.hosts import host_dirs_for
from nerdpy.sha256 import hexdigest

UNFINISHED = "nerdpy-unfinished-"
"""How the lease is called that keeps what was fetched of an image; a digest of the reference follows."""
KEPT = timedelta(hours=6)
"""How long it is kept."""


@contextmanager
def reaching(
    engine: Engine, reference: Reference, *, is_unfinished: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Client, RegistryAccess]]:
    """A client under a lease, and the access to the reference's registry, while the block lasts.

    What fails or is interrupted gives back at once what it had fetched or written; what `is_unfinished` is
    kept for a while, and the next attempt at the same reference goes on there.
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
            _forget_unfinished(client, reference)
        except BaseException as error:
            if isinstance(error, NerdpyError) and is_unfinished():
                _keep_unfinished(client, reference)
            with suppress(NotFound):
                client.leases.delete(client.calls.lease, synchronous=True)
            raise


def _keep_unfinished(client: Client, reference: Reference) -> None:
    with suppress(NerdpyError):  # the reason why it is unfinished is told
        _forget_unfinished(client, reference)
        resources = client.leases.resources(client.calls.lease)
        kept = client.leases.create(_unfinished(reference), expires_in=KEPT)
        for resource in resources:
            client.leases.add_resource(kept.id, resource)


def _forget_unfinished(client: Client, reference: Reference) -> None:
    with suppress(NotFound):
        client.leases.delete(_unfinished(reference))


def forget_all_unfinished(client: Client) -> None:
    """Give back what is kept of every image of the namespace that was not fetched to its end."""
    for lease in client.leases.list(f"id~=^{UNFINISHED}"):
        with suppress(NotFound):
            client.leases.delete(lease.id)


def _unfinished(reference: Reference) -> str:
    return UNFINISHED + hexdigest(str(reference))[:24]
