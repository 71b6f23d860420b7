"""--runtime: names, types and paths."""

from pathlib import Path

import pytest

from nerdpy.container import runtime
from nerdpy.container.runtime import RUNC, Runtime, find_runtime
from nerdpy.containerd.typeurl import read_runc_options
from nerdpy.errors import NotFound


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some runtimes, the only one there is."""
    for name in (
        "runc",
        "crun",
        "runsc",
        "containerd-shim-runsc-v1",
        "containerd-shim-kata-v2",
        "containerd-shim-spin-v2",
    ):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)

    def find(name: str) -> str:
        path = tmp_path / name
        return str(path) if path.exists() else ""

    monkeypatch.setattr(runtime, "find_program", find)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "program"),
    [
        ("", RUNC, ""),
        ("runc", RUNC, ""),
        (RUNC, RUNC, ""),
        ("crun", RUNC, "{}/crun"),
        ("{}/crun", RUNC, "{}/crun"),
        ("runsc", "io.containerd.runsc.v1", ""),
        ("kata", "io.containerd.kata.v2", ""),
        ("kata-runtime", "io.containerd.kata.v2", ""),
        ("io.containerd.spin.v2", "io.containerd.spin.v2", ""),
        ("{}/containerd-shim-spin-v2", "{}/containerd-shim-spin-v2", ""),
    ],
)
def test_a_runtime_is_a_shim_and_perhaps_a_program(
    installed: Path, name: str, kind: str, program: str
) -> None:
    wanted = Runtime(type=kind.format(installed), program=program.format(installed))
    assert find_runtime(name.format(installed)) == wanted


@pytest.mark.parametrize("name", ["youki", "io.containerd.spin.v1", "/nowhere/crun", "a/b", "/"])
def test_what_is_not_installed_is_named(installed: Path, name: str) -> None:
    with pytest.raises(NotFound, match=f'runtime "{name}" is not'):
        find_runtime(name)


def test_only_the_shim_of_runc_is_told_of_programs_and_managers() -> None:
    assert Runtime().options(has_systemd_cgroups=False) is None
    assert read_runc_options(Runtime().options(has_systemd_cgroups=True)) == ("", True)
    assert read_runc_options(Runtime(program="/x/crun").options(has_systemd_cgroups=False)) == (
        "/x/crun",
        False,
    )
    assert Runtime(type="io.containerd.kata.v2").options(has_systemd_cgroups=True) is None
