"""A file that somebody named for output: it appears when it is whole, and what was there stays until then."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nerdpy.errors import InvalidArgument, NotFound, ResourceExhausted


@contextmanager
def new_file(path: str) -> Iterator[int]:
    """A file that appears at `path` when it is whole, for its owner only; what was there is replaced."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise NotFound(f'invalid output path: directory "{os.path.dirname(path)}" does not exist')
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InvalidArgument(f'invalid output path: "{path}" is not a regular file')
    draft = f"{folder}/.nerdpy-{os.urandom(8).hex()}"
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file.fileno()
        os.replace(draft, os.path.realpath(path))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise ResourceExhausted(f'cannot write "{path}": {(error.strerror or "").lower()}') from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
