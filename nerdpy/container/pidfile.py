"""`--pidfile`: the process id of the running container, in a file of the user's; gone when it has ended."""

import os
from contextlib import suppress
from pathlib import Path

from nerdpy import labels
from nerdpy.errors import RunFailed
from nerdpy.model.records import ContainerRecord


def write_pidfile(record: ContainerRecord, pid: int) -> None:
    """Write it, without a newline, before the container's own program runs. Pid 0: there is none yet."""
    path = record.labels.get(labels.PID_FILE)
    if path and pid:
        try:
            Path(path).write_text(str(pid))
        except OSError as error:
            reason = (error.strerror or "").lower()
            raise RunFailed(f'the pid file "{path}" cannot be written: {reason}') from error


def remove_pidfile(record: ContainerRecord) -> None:
    """Take it away; a pid that is no more may soon be somebody else's."""
    if path := record.labels.get(labels.PID_FILE):
        with suppress(OSError):
            os.unlink(path)
