"""The systemd unit of the private engine."""

from pathlib import Path

from nerdpy.config import Config
from nerdpy.paths import EnginePaths, engine_paths
from nerdpy.system.unit import render_unit, unit_name

PATHS = EnginePaths(Path("/var/lib/nerdpy/engine"), Path("/run/nerdpy/engine"))


def test_the_containers_outlive_a_restart_of_containerd_alone() -> None:
    lines = render_unit(PATHS, "/usr/bin/containerd", {}).splitlines()
    assert {"KillMode=process", "Delegate=yes", "Restart=always", "Type=notify"} <= set(lines)
    assert 'ExecStart="/usr/bin/containerd" --config "/var/lib/nerdpy/engine/containerd.toml"' in lines


def test_what_systemd_would_expand_is_escaped() -> None:
    text = render_unit(PATHS, "/usr/bin/containerd", {"HTTP_PROXY": 'http://u:p%20"$x@h'})
    assert 'Environment="HTTP_PROXY=http://u:p%%20\\"$$x@h"\n' in text


def test_another_data_root_is_another_unit() -> None:
    other = Config(data_root="/srv/nerdpy")
    assert unit_name(Config(), PATHS) == "nerdpy-containerd.service"
    name = unit_name(other, engine_paths(other.data_root, other.state_root))
    assert name.startswith("nerdpy-containerd-")
