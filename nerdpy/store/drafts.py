"""What is half made, or half taken away: it appears whole, by a move, and disappears whole.

The name of a draft tells whose it is, so that the next command can clear away what a killed one has left.
"""

import os
from contextlib import suppress
from pathlib import Path

from nerdpy.dataclass import dataclass
from nerdpy.linux import process
from nerdpy.paths import StorePaths
from nerdpy.store.listing import names_in


@dataclass(frozen=True)
class Drafts:
    """The drafts of one store, of all its namespaces."""

    paths: StorePaths

    def new(self) -> Path:
        """A path that nobody else uses; what is to be there the caller makes, and moves away."""
        folder = self.paths.drafts
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{process.mark()}-{os.urandom(4).hex()}"

    def orphaned(self) -> list[Path]:
        """The drafts whose makers are gone."""
        names = names_in(self.paths.drafts)
        return [self.paths.drafts / name for name in names if not process.is_marked_alive(name)]

    def remove(self, draft: Path) -> None:
        """A file, or a folder with all that is in it; one that is not there is fine."""
        with suppress(OSError):
            try:
                draft.unlink()
            except IsADirectoryError:
                _remove_folder(draft)


def _remove_folder(draft: Path) -> None:
    """As deep as it may be: it may have been a volume."""
    from nerdpy.linux.tree import remove_tree

    place = os.open(draft.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        remove_tree(place, draft.name)
    finally:
        os.close(place)
