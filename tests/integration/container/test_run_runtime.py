"""run --runtime: other OCI runtimes, by name and by path, and shims that are not there."""

import shutil
from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.container.test_run_resources import cgroup_file
from tests.integration.support.cli import Cli

needs_crun = pytest.mark.skipif(
    not shutil.which("crun") or Path("/sys/fs/cgroup/unified").exists(),
    reason="crun is not installed, or refuses this machine's hybrid control groups",
)


def test_a_program_by_its_path_runs_the_container(
    cli: Cli, idle: Idle, inspected: Inspect, tmp_path: Path
) -> None:
    runtime = tmp_path / "my-runtime"
    runtime.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\nexec runc "$@"\n')
    runtime.chmod(0o755)
    container = idle("web", "--runtime", runtime, "-m", "64m")
    called = (tmp_path / "calls").read_text()
    assert "create --bundle" in called
    assert container in called
    pid = inspected("web", ".State.Pid")
    assert cgroup_file(pid, "memory", "memory.limit_in_bytes", "memory.max") == str(64 << 20)
    assert inspected("web", ".HostConfig.Runtime") == str(runtime)
    (tmp_path / "calls").unlink()
    cli.ok("exec", "web", "true")
    cli.ok("restart", "-t0", "web")
    called = (tmp_path / "calls").read_text()
    assert "exec" in called
    assert "create --bundle" in called


@needs_crun
def test_crun_by_its_name(cli: Cli, idle: Idle, namespace: str) -> None:
    container = idle("web", "--runtime", "crun", "--cap-drop", "ALL")
    assert not Path("/run/containerd/runc", namespace, container).exists()
    assert cli.ok("exec", "web", "grep", "CapEff", "/proc/1/status").line.split()[1] == "0" * 16
    cli.ok("stop", "-t0", "web")


MISSING = (
    ("no-such-runtime", "no-such-runtime or containerd-shim-no-such-runtime-v2"),
    ("io.containerd.kata.v2", "containerd-shim-kata-v2"),
    ("io.containerd.wasmtime.v1", "containerd-shim-wasmtime-v1"),
    ("kata", "containerd-shim-kata-v2"),
    ("/nowhere/runc", '"/nowhere/runc" is not a program'),
    ("/etc", '"/etc" is not a program'),
    ("../runc", "is not installed"),
)


def test_a_runtime_that_is_not_there_is_named(cli: Cli, busybox_image: str) -> None:
    for name, words in MISSING:
        refused = cli("run", "--rm", "--runtime", name, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert name in refused.err
        assert words in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []


def test_the_names_of_runc_are_one_runtime(cli: Cli, busybox_image: str) -> None:
    for name in ("runc", "io.containerd.runc.v2", ""):
        assert cli.ok("run", "--rm", f"--runtime={name}", busybox_image, "echo", "ran").line == "ran"
