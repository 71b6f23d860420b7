"""`file:///path`: the bytes as they come, appended to a file, as containerd's shims do it."""

import os

from nerdpy.logs.driver import LogDriver

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable


class PlainFile(LogDriver):
    """Standard output and error in one file, in the order in which they were read."""

    def __init__(self, path: str, note: "Callable[[str], None]") -> None:
        self._path = path
        self._note = note
        self._file = -1
        self._trouble = ""
        self._open()

    def write(self, stream: int, data: bytes) -> None:
        if self._file < 0:
            self._open()
        done = 0
        try:
            while done < len(data) and self._file >= 0:
                done += os.write(self._file, data[done:] if done else data)
        except OSError as error:
            self._complain(error)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(self._path, flags, 0o644)
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        """Once for each reason; the output that meets it is lost."""
        if self._trouble != error.strerror:
            self._trouble = str(error.strerror)
            self._note(f'log file "{self._path}": {self._trouble}: output is lost')
