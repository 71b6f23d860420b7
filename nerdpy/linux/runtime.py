"""What the OCI runtime on this machine says of itself (`runc features`)."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass

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


@dataclass(frozen=True, kw_only=True)
class Features:
    """As far as nerdpy's choices depend on them."""

    mount_options: frozenset[str] = frozenset()
    moves_links: bool = False
    """`linux.netDevices`: it moves network interfaces into the container."""


def features(program: str, cache: Path) -> Features:
    """What the runtime can do. Asking costs a process, so the answer is kept in `cache` until the program
    changes."""
    try:
        status = os.stat(program)
    except OSError:
        return Features()
    identity = [program, status.st_ino, status.st_size, status.st_mtime_ns]
    kept = _kept(cache)
    if kept.get("identity") != identity or "moves_links" not in kept:
        kept = {"identity": identity, **_read(_ask(program))}
        with suppress(OSError):
            cache.write_text(json.dumps(kept))  # torn by a kill, it is no JSON, and asked for again
    return Features(mount_options=frozenset(kept["mount_options"]), moves_links=bool(kept["moves_links"]))


def _kept(cache: Path) -> dict[str, Any]:
    try:
        kept = json.loads(cache.read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and isinstance(kept.get("mount_options"), list) else {}


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    linux = answer.get("linux") or {}
    return {
        "mount_options": sorted(answer.get("mountOptions") or ()),
        "moves_links": bool((linux.get("netDevices") or {}).get("enabled")),
    }


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
