"""Which runtime runs a container: a shim by its type or name, or an OCI runtime that the shim of runc calls.

| --runtime | what runs |
|---|---|
| nothing, `runc` | containerd-shim-runc-v2 with runc |
| `io.containerd.kata.v2` | that shim: containerd-shim-kata-v2 |
| `kata`, `runsc`, `wasmtime` | the shim of that name, of the newest version that is installed |
| `crun`, `/opt/bin/crun` | containerd-shim-runc-v2 with that program |
| `/opt/bin/containerd-shim-mine-v1` | that shim |
"""

import os
import re

from nerdpy.containerd.typeurl import runc_options
from nerdpy.dataclass import dataclass
from nerdpy.errors import NotFound
from nerdpy.linux.runtime import PLACES, find_program

RUNC = "io.containerd.runc.v2"
_SHIM = "containerd-shim-"
_VERSIONS = ("v3", "v2", "v1")
_ALIASES = {"kata-runtime": "kata"}


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """As containerd is told."""

    type: str = RUNC
    """A shim's type, or its path."""
    program: str = ""
    """The OCI runtime that runc's shim calls; empty: runc."""

    def options(self, *, has_systemd_cgroups: bool) -> tuple[str, bytes] | None:
        """What the shim of runc is told; other shims take their own configuration."""
        if self.type != RUNC or not (self.program or has_systemd_cgroups):
            return None
        return runc_options(self.program, has_systemd_cgroups)

    @property
    def oci_program(self) -> str:
        """The program that could be asked what it knows; empty for a shim of another kind."""
        if self.type != RUNC:
            return ""
        return self.program or find_program("runc")


def find_runtime(name: str) -> Runtime:
    """The runtime that was named; NotFound where its program is not installed."""
    if name in {"", "runc", RUNC}:
        return Runtime()
    if name.startswith("/"):
        return _by_path(name)
    if found := re.fullmatch(r"(?:[\w-]+\.)+([\w-]+)\.(v\d+)", name, re.ASCII):
        shim = f"{_SHIM}{found[1]}-{found[2]}"
        if not find_program(shim):
            raise _missing(name, shim)
        return Runtime(type=name)
    return _by_name(name)


def _by_path(path: str) -> Runtime:
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise NotFound(
            f'runtime "{path}" is not a program', hint="give the path of an OCI runtime or of a shim"
        )
    return Runtime(type=path) if os.path.basename(path).startswith(_SHIM) else Runtime(program=path)


def _by_name(name: str) -> Runtime:
    word = _ALIASES.get(name, name)
    for version in _VERSIONS:
        if "/" not in word and find_program(f"{_SHIM}{word}-{version}"):
            return Runtime(type=f"io.containerd.{word}.{version}")
    if "/" not in word and (program := find_program(name)):
        return Runtime(program=program)
    raise _missing(name, name, f"{_SHIM}{word}-v2", f"{_SHIM}{word}-v1")


def _missing(name: str, *programs: str) -> NotFound:
    return NotFound(
        f'runtime "{name}" is not installed: there is no {" or ".join(programs)}',
        hint=f"install it, or give its path; looked in {', '.join(PLACES)}",
    )
