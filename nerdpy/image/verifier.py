"""containerd's image verifiers: programs in a folder, each of which must agree before an image is pulled.

The plugin is `io.containerd.image-verifier.v1.bindir` (containerd `docs/image-verification.md`). containerd
reads the folder anew for each pull, but its settings only when it starts.
"""

import os
from pathlib import Path
from typing import Any

from nerdpy import errors
from nerdpy.containerd.configuration import Configuration, configuration_of, read_configuration
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument

TYPE = "io.containerd.image-verifier.v1"
PLUGIN = f"{TYPE}.bindir"
MARK = "# Written by nerdpy image verifier install: "
"""The second line of a program that nerdpy wrote; what it runs follows."""
KEYS = "keys"
"""The folder of public keys, beside that of the programs: whatever lies among those is run."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The plugin's settings, with containerd's defaults."""

    bin_dir: str = "/opt/containerd/image-verifier/bin"
    max_verifiers: int = 10
    """How many programs are asked at most, the first by name; the rest is skipped. Below 0: all."""
    timeout: str = "10s"
    """Go duration; a program that takes longer has refused."""

    @property
    def folder(self) -> Path:
        return Path(self.bin_dir)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What containerd's configuration says of verifiers."""

    configuration: Configuration
    settings: Settings
    changed: tuple[Path, ...]
    """What of the configuration has changed since containerd was started: it must be restarted then."""


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """One program in the folder."""

    name: str
    kind: str
    """`cosign` or `notation` for what nerdpy wrote, else `program`."""
    path: Path
    is_skipped: bool = False
    """Is it beyond max_verifiers? containerd does not ask it."""


def look(engine: Engine) -> Setup:
    """NotImplemented where containerd has no verifiers, FailedPrecondition where they are turned off."""
    pid = _pid_of(engine)
    configuration = read_configuration(configuration_of(pid))
    _check_plugin(engine, configuration)
    found: dict[str, Any] = configuration.plugins.get(PLUGIN, {})
    settings = Settings(
        bin_dir=str(found.get("bin_dir") or Settings.bin_dir),
        max_verifiers=int(found.get("max_verifiers", Settings.max_verifiers)),
        timeout=str(found.get("per_verifier_timeout") or Settings.timeout),
    )
    return Setup(
        configuration=configuration,
        settings=settings,
        changed=tuple(configuration.younger_than(pid) if pid else ()),
    )


def _pid_of(engine: Engine) -> int:
    """containerd's pid; 0 where it is no process that we can see."""
    server = engine.containerd.introspection.server()
    return server.pid if server.pid_namespace == os.stat("/proc/self/ns/pid").st_ino else 0


def _check_plugin(engine: Engine, configuration: Configuration) -> None:
    found = engine.containerd.introspection.plugins(f"type=={TYPE}")
    for plugin in found:
        if plugin.error:
            raise FailedPrecondition(
                f"containerd's image verifiers do not work: {plugin.error}",
                hint=f"mend {configuration.path}, and restart containerd",
            )
    if not found and PLUGIN in configuration.disabled:
        raise FailedPrecondition(
            "containerd's image verifiers are turned off",
            hint=f'take "{PLUGIN}" out of disabled_plugins in {configuration.path}, and restart containerd',
        )
    if not found:
        raise errors.NotImplemented(
            "this containerd has no image verifiers", hint="containerd 2.0 and newer have them: upgrade it"
        )


def installed(settings: Settings) -> list[Verifier]:
    """Everything in the folder, by name, as containerd goes through it."""
    try:
        names = sorted(os.listdir(settings.folder))
    except FileNotFoundError:
        return []
    limit = settings.max_verifiers if settings.max_verifiers >= 0 else len(names)
    return [
        Verifier(
            name=name,
            kind=_kind_of(settings.folder / name),
            path=settings.folder / name,
            is_skipped=number >= limit,
        )
        for number, name in enumerate(names)
    ]


def check_name(name: str) -> str:
    """`name` if it may be a file's: InvalidArgument."""
    if not name or name.startswith(".") or "/" in name or not name.isprintable() or len(name) > 200:
        raise InvalidArgument(
            f'invalid verifier name "{name}"', hint="use the name of a file that does not begin with a dot"
        )
    return name


def _kind_of(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            second = file.read(4096).decode(errors="replace").splitlines()[1:2]
    except OSError:
        return "program"
    return second[0].removeprefix(MARK) if second and second[0].startswith(MARK) else "program"
