"""What a prune tells: docker's headings, one only where something follows it, and how much room is free."""

from collections.abc import Callable
from types import TracebackType

from nerdpy.dockercompat.units import human_size
from nerdpy.output.console import Console


class Pruned:
    """`with Pruned(console) as told: told.freed += prune(..., told.under("Deleted Volumes:"))`.

    The total is said at the end, also when something failed: what is gone is gone.
    """

    def __init__(self, console: Console) -> None:
        self.freed = 0
        self._console = console
        self._has_section = False

    def under(self, heading: str) -> Callable[[str], None]:
        """A function that prints lines, and the heading above the first."""
        is_new = True

        def line(text: str) -> None:
            nonlocal is_new
            if is_new:
                self._console.line(heading)
                is_new = False
                self._has_section = True
            self._console.line(text)

        return line

    def between(self) -> None:
        """An empty line between two sections."""
        if self._has_section:
            self._console.line()
            self._has_section = False

    def __enter__(self) -> "Pruned":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or self.freed or self._has_section:
            self.between()
            self._console.line(f"Total reclaimed space: {human_size(self.freed)}")
