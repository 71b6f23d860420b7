"""`info`: docker's facts, as text, JSON and template."""

import json

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine


def test_the_text_has_dockers_layout(cli: Cli) -> None:
    lines = cli.ok("info").lines
    assert lines[:2] == ["Client:", " Version:    0.1.0"]
    for line in ("Server:", " Containers: 0", " Storage Driver: overlayfs", " Logging Driver: json-file"):
        assert line in lines


def test_json_has_dockers_names(cli: Cli, engine: PrivateEngine) -> None:
    info = cli.ok("info", "--format", "json").json
    assert info["OSType"] == "linux"
    assert info["NCPU"] > 0
    assert info["Plugins"]["Log"] == ["json-file", "none"]
    assert info["Containerd"]["Address"] == engine.address
    assert info == info | json.loads(cli.ok("info", "--format", "{{json .}}").out) | {
        "SystemTime": info["SystemTime"]
    }


def test_containers_are_counted_by_state(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", busybox_image, "sleep", "inf")
    cli.ok("create", busybox_image)
    counts = "{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}} {{.Images}}"
    assert cli.ok("info", "-f", counts).line == "2 1 1 1"


def test_native_mode_shows_containerds_own_words(cli: Cli, namespace: str) -> None:
    info = cli.ok("info", "--mode", "native").json
    assert (info["Namespace"], info["Snapshotter"]) == (namespace, "overlayfs")
    plugins = {f"{one['type']}.{one['id']}" for one in info["Daemon"]["Plugins"]}
    assert "io.containerd.transfer.v1.local" in plugins
    assert info["Daemon"]["Version"]["version"]


def test_a_field_that_is_not_there_is_an_error(cli: Cli) -> None:
    result = cli("info", "--format", "{{.NoSuchThing}}")
    assert result.code == 1
    assert "NoSuchThing" in result.err


def test_a_template_that_cannot_be_parsed_exits_64_before_anything_is_asked(cli: Cli) -> None:
    assert cli("--address", "/nobody", "info", "--format", "{{.Open").code == 64
