"""Files that are either whole or not there: written beside their place, then renamed to it.

The name of a draft tells whose it is: a writer that is killed leaves one.
"""

import os
from contextlib import suppress
from pathlib import Path

from nerdpy.linux import process


def write_whole(
    path: Path, text: str, *, mode: int = 0o600, is_durable: bool = False, makes_parents: bool = True
) -> None:
    """Replace the file at `path`. A reader sees the old or the new text, never a part; `is_durable` also
    waits for the disk, so that a power cut leaves one of the two. Without `makes_parents` a folder that is
    not there is a FileNotFoundError."""
    draft = path.with_name(f".{path.name}.{process.mark()}-{os.urandom(4).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(draft, flags, mode)
    except FileNotFoundError:
        if not makes_parents:
            raise
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(draft, flags, mode)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        os.rename(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def orphaned_drafts(folder: Path) -> list[Path]:
    """The drafts in a folder whose writers are gone."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    drafts = [name for name in names if name[:1] == "." and name.count("-") >= 2]
    return [folder / name for name in drafts if _is_orphaned(name.rpartition(".")[2])]


def _is_orphaned(mark: str) -> bool:
    words = mark.split("-")
    is_ours = len(words) == 3 and words[0].isdecimal() and words[1].isdecimal()
    return is_ours and not process.is_marked_alive(mark)
