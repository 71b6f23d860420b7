"""What the OCI runtime on this machine says of itself (`runc features`)."""

import json
import os
from pathlib import Path
from typing import Any

from nerdpy.linux.whole_file import write_whole

PLACES = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""Where programs of the system are looked for: containerd's own PATH is not ours to know."""


_INTERPRETER = 3
"""PT_INTERP: a program header of those that are linked dynamically."""


def find_program(name: str) -> str:
    """Its path; empty where it is not installed."""
    for place in PLACES:
        path = f"{place}/{name}"
        if os.access(path, os.X_OK):
            return path
    return ""


def mount_options(program: str, cache: Path) -> set[str]:
    """The mount options that the runtime knows. Asking costs a process, so the answer is kept in `cache`
    until the program changes."""
    try:
        status = os.stat(program)
    except OSError:
        return set()
    identity = [program, status.st_ino, status.st_size, status.st_mtime_ns]
    try:
        kept = json.loads(cache.read_text())
        if kept["identity"] == identity:
            return set(kept["mount_options"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    options = sorted(_ask(program).get("mountOptions") or ())
    write_whole(cache, json.dumps({"identity": identity, "mount_options": options}))
    return set(options)


def _ask(program: str) -> dict[str, Any]:
    import subprocess

    try:
        done = subprocess.run([program, "features"], capture_output=True, timeout=10, check=True)
        answer = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}  # a runtime without the command: runc before 1.1
    return answer if isinstance(answer, dict) else {}


def is_static(program: str) -> bool:
    """Is it an ELF program without an interpreter, so that it starts in any root filesystem?"""
    try:
        with open(program, "rb") as file:
            header = file.read(64)
            if header[:4] != b"\x7fELF":
                return False
            is_64, order = header[4] == 2, "little" if header[5] == 1 else "big"
            offset = _number(header, 32 if is_64 else 28, 8 if is_64 else 4, order)
            size = _number(header, 54 if is_64 else 42, 2, order)
            count = _number(header, 56 if is_64 else 44, 2, order)
            file.seek(offset)
            table = file.read(size * count)
    except OSError:
        return False
    kinds = {_number(table, at, 4, order) for at in range(0, len(table), size or 1)}
    return _INTERPRETER not in kinds


def _number(data: bytes, at: int, size: int, order: str) -> int:
    return int.from_bytes(data[at : at + size], "little" if order == "little" else "big")
