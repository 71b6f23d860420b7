"""Trees as deep as somebody hostile has made them: walked and removed by descriptors, a few at a time.

A program in a container may nest folders by the thousand, beyond PATH_MAX, beyond the descriptors that a
process may have, and beyond Python's recursion. No link is followed, and no path is looked up twice.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress

DEPTH = 64
"""Of how many levels a folder is held open at a time."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Entry = tuple[int, str, os.stat_result]
"""(the open folder that it is in, until the next one is asked for; its name; what it is)."""


def walk(top: int) -> Iterator[Entry]:
    """Everything below the open folder `top`, a folder before what is in it. What is moved or removed at the
    same time may be missed."""
    held = [os.dup(top)]
    way = [(os.fstat(top), os.listdir(top))]  # the folders that lead here, and the names in each still to see
    try:
        while way:
            if not way[-1][1]:
                way.pop()
                if not _step_up(held, way[-1][0] if way else None):
                    return
                continue
            name = way[-1][1].pop()
            with suppress(OSError):  # it is gone
                found = os.stat(name, dir_fd=held[-1], follow_symlinks=False)
                yield held[-1], name, found
                if stat.S_ISDIR(found.st_mode):
                    way.append(_step_down(held, name))
    finally:
        for folder in held:
            os.close(folder)


def remove_tree(place: int, name: str) -> None:
    """Remove the folder `name` of the open folder `place`, with all that is in it. What can't be removed
    stays, and the first such OSError is raised when the rest is gone; FileNotFoundError if there is none."""
    failures: list[OSError] = []
    top = os.open(name, _FOLDER, dir_fd=place)
    try:
        while _clear(top, top, 0, failures):
            pass  # what was too deep stands at the top now
    finally:
        os.close(top)
    if failures:
        raise failures[0]
    os.rmdir(name, dir_fd=place)


def _step_down(held: list[int], name: str) -> tuple[os.stat_result, list[str]]:
    folder = os.open(name, _FOLDER, dir_fd=held[-1])
    try:
        found = os.fstat(folder), os.listdir(folder)
    except BaseException:
        os.close(folder)
        raise
    held.append(folder)
    if len(held) > DEPTH:
        os.close(held.pop(0))
    return found


def _step_up(held: list[int], above: os.stat_result | None) -> bool:
    """Back to the folder above, opened again if it was closed on the way down: from where we are, for its
    name may lead elsewhere by now. False if we are elsewhere ourselves."""
    below = held.pop()
    try:
        if above is not None and not held:
            held.append(os.open("..", _FOLDER, dir_fd=below))
        return above is None or os.path.samestat(os.fstat(held[-1]), above)
    except FileNotFoundError:
        return False
    finally:
        os.close(below)


def _clear(folder: int, top: int, depth: int, failures: list[OSError]) -> int:
    """Empty the folder; how many folders were too deep, and went to the top."""
    moved = 0
    for name in os.listdir(folder):
        try:
            os.unlink(name, dir_fd=folder)
        except FileNotFoundError:  # somebody else has removed it
            pass
        except IsADirectoryError:
            moved += _clear_away(folder, name, top, depth, failures)
        except OSError as error:
            failures.append(error)
    return moved


def _clear_away(parent: int, name: str, top: int, depth: int, failures: list[OSError]) -> int:
    moved = 0
    try:
        if depth == DEPTH:
            os.rename(name, f".nerdpy-{secrets.token_hex(8)}", src_dir_fd=parent, dst_dir_fd=top)
            return 1
        folder = os.open(name, _FOLDER, dir_fd=parent)
        try:
            moved = _clear(folder, top, depth + 1, failures)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        failures.append(error)
    return moved
