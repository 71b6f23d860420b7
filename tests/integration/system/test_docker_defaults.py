"""What docker's config.json sets for its own commands holds for nerdpy's, where no flag says otherwise."""

import json

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli

FORMATS = {
    "psFormat": "ps {{.Names}}",
    "imagesFormat": "image {{.Repository}}",
    "statsFormat": "stats {{.Name}}",
    "volumesFormat": "volume {{.Name}}",
    "networksFormat": "network {{.Name}}",
    "detachKeys": "ctrl-x,y",
}


@pytest.fixture
def tuned(cli: Cli) -> Cli:
    (cli.folder / "docker").mkdir()
    (cli.folder / "docker/config.json").write_text(json.dumps(FORMATS))
    return cli.with_env(DOCKER_CONFIG=str(cli.folder / "docker"))


def test_listings_have_the_format_that_it_gives(tuned: Cli, busybox_image: str) -> None:
    tuned.ok("run", "-d", "--name", "web", "-v", "data:/data", busybox_image, "sleep", "inf")
    assert tuned.ok("ps").lines == ["ps web"]
    assert tuned.ok("images").lines == ["image busybox"]
    assert tuned.ok("stats", "--no-stream").lines == ["stats web"]
    assert tuned.ok("volume", "ls").lines == ["volume data"]
    assert "network bridge" in tuned.ok("network", "ls").lines
    assert tuned.ok("ps", "--format", "{{.State}}").lines == ["running"]
    assert tuned.ok("volume", "ls", "-q").lines == ["data"]
    assert tuned.ok("ps", "--format", "table").lines[0].startswith("CONTAINER ID")


def test_a_broken_file_costs_a_warning(tuned: Cli) -> None:
    path = tuned.folder / "docker/config.json"
    path.write_text('{"psFormat": ')
    result = tuned.ok("ps")
    assert result.lines[0].startswith("CONTAINER ID")
    assert f"{path} is not JSON" in result.err


@pytest.mark.parametrize("verb", ["run", "start", "attach", "exec"])
def test_the_keys_that_detach_are_those_that_it_gives(
    tuned: Cli, pty_cli: PtyCli, busybox_image: str, verb: str
) -> None:
    words = {
        "run": ("run", "-it", "--name", "new", busybox_image, "sh"),
        "start": ("start", "-ai", "web"),
        "attach": ("attach", "web"),
        "exec": ("exec", "-it", "web", "sh"),
    }[verb]
    making = ("create",) if verb == "start" else ("run", "-d")
    tuned.ok(*making, "-it", "--name", "web", busybox_image, "sh")
    terminal = pty_cli(*words, env=tuned.environment)
    terminal.send("echo re''ady\r")
    terminal.expect("ready")
    terminal.sendcontrol("x")
    terminal.send("y")
    assert terminal.finish() == 0
    name = "new" if verb == "run" else "web"
    assert tuned.ok("inspect", "-f", "{{.State.Status}}", name).line == "running"
