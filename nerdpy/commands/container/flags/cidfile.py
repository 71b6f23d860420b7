"""`--cidfile`: taken before anything is made, for a file that exists is refused; gone again when nothing
was made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nerdpy.errors import UsageError


class CidFile:
    """The file, empty until the container has its id."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.is_written = False

    def write(self, container_id: str) -> None:
        """The id, without a newline, as docker writes it."""
        if self.path:
            Path(self.path).write_text(container_id)
            self.is_written = True


@contextmanager
def reserved_cidfile(path: str) -> Iterator[CidFile]:
    """The file at `path`, made new; an empty path is no file."""
    file = CidFile(path)
    if path:
        _reserve(path)
    try:
        yield file
    finally:
        if path and not file.is_written:
            Path(path).unlink(missing_ok=True)


def _reserve(path: str) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
    except FileExistsError as error:
        raise UsageError(
            f'container id file "{path}" exists already',
            hint="another container may be running that wrote it: delete the file, or give another one",
        ) from error
    except OSError as error:
        raise UsageError(f'container id file "{path}" cannot be made: {error.strerror}') from error
