"""What every verb gets first: the settings and the adaptors, opened when they are asked for. No verbs, no
decisions."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from nerdpy.config import Config
from nerdpy.dataclass import dataclass
from nerdpy.paths import StorePaths, store_paths

if TYPE_CHECKING:
    from nerdpy.cni.client import Cni
    from nerdpy.containerd.client import Client
    from nerdpy.store.store import Store


@dataclass(frozen=True)
class Event:
    """Something that a verb wants a human to know while it goes on; `output/progress.py` shows it on
    stderr."""


@dataclass(frozen=True)
class Note(Event):
    """One line of talk."""

    text: str


@dataclass(frozen=True)
class Warned(Event):
    """One line that starts with `warning:`."""

    text: str


@dataclass(frozen=True)
class BlobProgress:
    """One blob of an image on its way."""

    name: str
    """Its short digest, or what else it is known by."""
    action: str
    """`waiting`, `downloading`, `extracting`, `complete`, `exists`, ..."""
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Transferring(Event):
    """One look at a pull or push under way: all its blobs, in a steady order."""

    reference: str
    phase: str
    """`resolving`, `downloading`, `extracting`, or `pushing`, `storing`; then `done`."""
    blobs: tuple[BlobProgress, ...] = ()


Notify = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener of a verb that nobody listens to."""


@dataclass(frozen=True)
class Engine:
    """`config.address` is the socket in use: `system/private.py` has chosen it before an Engine is made."""

    config: Config
    notify: Notify = ignore

    @cached_property
    def paths(self) -> StorePaths:
        config = self.config
        return store_paths(config.data_root, config.state_root, config.address, config.namespace)

    @cached_property
    def containerd(self) -> "Client":
        from nerdpy.containerd.client import Client  # gRPC costs 60 ms: only when asked for

        return Client.connect(self.config.address, self.config.namespace)

    @cached_property
    def store(self) -> "Store":
        from nerdpy.store.store import Store

        return Store(self.paths)

    @cached_property
    def cni(self) -> "Cni":
        from nerdpy.cni.client import Cni

        return Cni.of(self.config)
