"""`nerdpy images`."""

import pytest

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine

DIGEST = 71


def test_the_overview_is_docker_29s(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:ports")
    add_image("busybox:latest")
    cli.ok("create", "--name", "user", "busybox:latest", "true")
    shown = cli.ok("images").lines
    assert shown[0].split() == ["IMAGE", "ID", "DISK", "USAGE", "CONTENT", "SIZE", "EXTRA"]
    assert [line.split()[0] for line in shown[1:]] == ["busybox:latest", "odd:ports"]
    assert shown[1].split()[-1] == "U"
    assert shown[2].split()[-1] != "U"


def test_the_table_is_docker_s_older_one(cli: Cli, busybox_image: str) -> None:
    for arguments in (["--format", "table"], ["--no-trunc"]):
        shown = cli.ok("images", *arguments).lines
        assert shown[0].split() == ["REPOSITORY", "TAG", "IMAGE", "ID", "CREATED", "SIZE"]
        assert shown[1].split()[:2] == ["busybox", "latest"]
    assert "DIGEST" in cli.ok("images", "--digests").lines[0]
    assert cli.ok("images", "--names").lines[1].startswith("docker.io/library/busybox:latest")
    assert len(cli.ok("images", "-q").line) == 12
    assert len(cli.ok("images", "-q", "--no-trunc").line) == DIGEST


def test_templates_know_dockers_fields(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:ports")
    template = '{{.Repository}}|{{.Tag}}|{{.Label "colour"}}|{{.CreatedAt}}|{{.Containers}}'
    assert cli.ok("images", "--format", template).line == "odd|ports|blue|2024-01-02 03:04:05 +0000 UTC|0"
    assert cli.ok("images", "--format", "json").json["Repository"] == "odd"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["busybox:latest", "mine:1", "mine:2", "odd:ports"]),
        (["mine"], ["mine:1", "mine:2"]),
        (["mine:2"], ["mine:2"]),
        (["docker.io/library/mine"], ["mine:1", "mine:2"]),
        (["m*"], ["mine:1", "mine:2"]),
        (["nothing"], []),
        (["-f", "reference=*:2"], ["mine:2"]),
        (["-f", "reference=b*", "-f", "reference=odd"], ["busybox:latest", "odd:ports"]),
        (["-f", "label=colour"], ["odd:ports"]),
        (["-f", "label=colour=blue"], ["odd:ports"]),
        (["-f", "label=colour=red"], []),
        (["-f", "dangling=false", "-f", "reference=odd"], ["odd:ports"]),
        (["-f", "dangling=true"], []),
        (["-f", "before=busybox"], []),
        (["-f", "until=24h", "mine"], ["mine:1", "mine:2"]),
        (["-f", "until=2023-01-01"], []),
    ],
)
def test_images_are_chosen(cli: Cli, add_image: AddImage, arguments: list[str], names: list[str]) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    cli.ok("tag", "busybox", "mine:1")
    cli.ok("tag", "busybox", "mine:2")
    shown = cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}", *arguments).lines
    assert sorted(shown) == names


def test_bad_filters_are_refused(cli: Cli) -> None:
    for bad in ("dangling=maybe", "colour=red", "before=nothing-like-it", "nonsense"):
        assert cli("images", "-f", bad).code != 0


def test_a_broken_image_is_listed(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    digest = cli.ok("images", "-q", "--no-trunc").line
    assert engine.ctr("content", "rm", digest, namespace=namespace).returncode == 0
    assert cli.ok("images").lines[1].startswith("busybox:latest")
    assert "busybox" in cli.ok("images", "--format", "table").out
    assert cli("image", "inspect", "busybox").code == 1
    cli.ok("rmi", "busybox")
