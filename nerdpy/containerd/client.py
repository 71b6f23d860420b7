"""containerd's client: one channel, one namespace, a property for each service, imported on first use."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nerdpy.containerd.calls import Calls
from nerdpy.containerd.channel import Channel
from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import NotFound
from nerdpy.labels import PROCESS
from nerdpy.linux.process import mark

if TYPE_CHECKING:
    from nerdpy.containerd.containers import Containers
    from nerdpy.containerd.content import Content
    from nerdpy.containerd.diff import Diff
    from nerdpy.containerd.events import Events
    from nerdpy.containerd.images import Images
    from nerdpy.containerd.introspection import Introspection
    from nerdpy.containerd.leases import Leases
    from nerdpy.containerd.namespaces import Namespaces
    from nerdpy.containerd.snapshots import Snapshots
    from nerdpy.containerd.tasks import Tasks
    from nerdpy.containerd.transfer import Transfer
    from nerdpy.containerd.version import Health, VersionInfo

LEASE = timedelta(days=1)
"""How long content outlives a client that was killed while it held a lease."""


@dataclass(frozen=True)
class Client:
    """May be used by several threads at once."""

    calls: Calls

    @classmethod
    def connect(cls, address: str, namespace: str) -> "Client":
        """The containerd behind a unix socket. Nothing is sent before the first call."""
        return cls(Calls(Channel(address), namespace))

    @property
    def namespace(self) -> str:
        return self.calls.namespace

    @property
    def address(self) -> str:
        return self.calls.channel.address

    def in_namespace(self, namespace: str) -> "Client":
        """The same channel, another namespace, no lease."""
        return Client(replace(self.calls, namespace=namespace, lease=""))

    def within(self, deadline: timedelta) -> "Client":
        """The same client, each of whose calls has this deadline instead of 30 seconds."""
        return Client(self.calls.within(deadline))

    @contextmanager
    def leased(self, expires_in: timedelta = LEASE, *, lease_id: str = "") -> Iterator["Client"]:
        """Lend a client whose calls keep what they make from garbage collection, until the block ends.

        `lease_id` is for who has to know it before there is a lease; else one is made up.
        """
        if self.calls.lease:
            yield self
            return
        lease = self.leases.create(lease_id, expires_in=expires_in, labels={PROCESS: mark()})
        try:
            yield Client(replace(self.calls, lease=lease.id))
        finally:
            with suppress(NotFound):
                self.leases.delete(lease.id)

    def close(self) -> None:
        """Close the channel, for every client made from this one."""
        self.calls.channel.close()

    @cached_property
    def containers(self) -> "Containers":
        from nerdpy.containerd.containers import Containers

        return Containers(self.calls)

    @cached_property
    def tasks(self) -> "Tasks":
        from nerdpy.containerd.tasks import Tasks

        return Tasks(self.calls)

    @cached_property
    def images(self) -> "Images":
        from nerdpy.containerd.images import Images

        return Images(self.calls)

    @cached_property
    def content(self) -> "Content":
        from nerdpy.containerd.content import Content

        return Content(self.calls)

    def snapshots(self, snapshotter: str) -> "Snapshots":
        from nerdpy.containerd.snapshots import Snapshots

        return Snapshots(self.calls, snapshotter)

    @cached_property
    def leases(self) -> "Leases":
        from nerdpy.containerd.leases import Leases

        return Leases(self.calls)

    @cached_property
    def namespaces(self) -> "Namespaces":
        from nerdpy.containerd.namespaces import Namespaces

        return Namespaces(self.calls)

    @cached_property
    def events(self) -> "Events":
        from nerdpy.containerd.events import Events

        return Events(self.calls)

    @cached_property
    def diff(self) -> "Diff":
        from nerdpy.containerd.diff import Diff

        return Diff(self.calls)

    @cached_property
    def transfer(self) -> "Transfer":
        from nerdpy.containerd.transfer import Transfer

        return Transfer(self.calls)

    @cached_property
    def introspection(self) -> "Introspection":
        from nerdpy.containerd.introspection import Introspection

        return Introspection(self.calls)

    def version(self) -> "VersionInfo":
        from nerdpy.containerd.version import read_version

        return read_version(self.calls)

    @cached_property
    def health(self) -> "Health":
        from nerdpy.containerd.version import Health

        return Health(self.calls)
