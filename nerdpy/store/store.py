"""The files of one containerd's store, opened as they are asked for."""

from functools import cached_property

from nerdpy.dataclass import dataclass
from nerdpy.paths import StorePaths
from nerdpy.store.containers import ContainerFolders
from nerdpy.store.drafts import Drafts
from nerdpy.store.intents import Intents
from nerdpy.store.journal import Journal
from nerdpy.store.locks import Locks
from nerdpy.store.names import Names


@dataclass(frozen=True)
class Store:
    """Everything that containerd can't hold for us; each part can be rebuilt or swept."""

    paths: StorePaths

    @cached_property
    def names(self) -> Names:
        return Names(self.paths)

    @cached_property
    def containers(self) -> ContainerFolders:
        return ContainerFolders(self.paths)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self.paths)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.paths)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.paths)

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.paths)
