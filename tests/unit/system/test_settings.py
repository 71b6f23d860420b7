"""The private engine's containerd.toml."""

import tomllib
from typing import Any

import pytest

from nerdpy.system.settings import EngineSettings, render_containerd_toml


def parsed(**changes: Any) -> dict[str, Any]:
    settings = EngineSettings(address="/run/a b/c.sock", root="/var/r", state="/run/s", **changes)
    return tomllib.loads(render_containerd_toml(settings))


def test_it_has_folders_and_a_socket_of_its_own() -> None:
    config = parsed()
    assert (config["root"], config["state"]) == ("/var/r", "/run/s")
    assert config["grpc"] == {"address": "/run/a b/c.sock"}


def test_kubernetes_side_is_off_and_only_its_own_files_are_read() -> None:
    config = parsed()
    assert {"io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"} <= set(config["disabled_plugins"])
    assert config["imports"] == ["/var/conf.d/*.toml"]


@pytest.mark.parametrize(
    ("version", "plugin"),
    [(3, "io.containerd.monitor.container.v1.restart"), (2, "io.containerd.internal.v1.restart")],
)
def test_the_restart_monitor_is_named_as_the_version_names_it(version: int, plugin: str) -> None:
    config = parsed(config_version=version, restart_interval="1s")
    assert config["version"] == version
    assert config["plugins"][plugin] == {"interval": "1s"}


def test_images_of_other_platforms_are_unpacked_too() -> None:
    unpacking = parsed(snapshotters=("native",))["plugins"]["io.containerd.transfer.v1.local"][
        "unpack_config"
    ]
    assert {"platform": "linux/arm64", "snapshotter": "native", "differ": "walking"} in unpacking
    assert {one["snapshotter"] for one in unpacking} == {"native"}
