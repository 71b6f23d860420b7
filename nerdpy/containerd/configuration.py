"""containerd's own configuration file: where it is, and what of it is in force.

Format: containerd `docs/man/containerd-config.toml.5.md`. A containerd answers no question about it, so the
file is found by the words that it was started with, and read with the files that it imports.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, PermissionDenied
from nerdpy.linux.process import age_of

USUAL = Path("/etc/containerd/config.toml")
"""What containerd reads when it is not told otherwise."""
_FLAGS = ("--config", "-c")
_READING = 0.05
"""Seconds: what was written just before the start is no change; processes' ages are known in ticks only."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What the file and those that it imports say; empty where there is no file."""

    path: Path
    version: int = 0
    imports: tuple[str, ...] = ()
    """As they stand there: paths and globs, relative to the file's folder."""
    files: tuple[Path, ...] = ()
    """All files that were read, in order; the file itself is the first."""
    plugins: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Settings by plugin; what stands in a later file counts."""
    disabled: frozenset[str] = frozenset()
    """Plugins that are turned off."""

    def younger_than(self, pid: int) -> list[Path]:
        """The files that have changed since that process was started: it does not know of it."""
        age = age_of(pid)
        if age is None:
            return []
        began = time.time() - age.total_seconds() + _READING
        return [path for path in self.files if _changed_at(path) > began]


def configuration_of(pid: int) -> Path:
    """The file that the containerd of this pid was started with."""
    try:
        words = [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
        folder = Path(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        return USUAL
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in _FLAGS and (equals or at + 1 < len(words)):
            return folder / (value if equals else words[at + 1])
    return USUAL


def read_configuration(path: Path) -> Configuration:
    """Read it and what it imports; InvalidArgument for what is no TOML, PermissionDenied."""
    main = _read(path)
    imports = tuple(str(one) for one in main.get("imports") or ())
    files, plugins = [path] if path.exists() else [], dict(main.get("plugins") or {})
    disabled = set(map(str, main.get("disabled_plugins") or ()))
    for imported in _imported(path, imports):
        content = _read(imported)
        files.append(imported)
        disabled.update(content.get("disabled_plugins") or ())
        for name, settings in (content.get("plugins") or {}).items():
            plugins[name] = {**plugins.get(name, {}), **settings}
    return Configuration(
        path=path,
        version=int(main.get("version") or 0),
        imports=imports,
        files=tuple(files),
        plugins=plugins,
        disabled=frozenset(disabled),
    )


def _imported(path: Path, imports: tuple[str, ...]) -> Iterator[Path]:
    from glob import glob

    for pattern in imports:
        found = sorted(glob(os.path.join(path.parent, pattern)))
        yield from (Path(one) for one in found if Path(one) != path)


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise PermissionDenied(f"cannot read {path}: {(error.strerror or '').lower()}") from error


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
