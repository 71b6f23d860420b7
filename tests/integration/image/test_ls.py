"""`nerdpy images`."""

from pathlib import Path

import pytest

from hack.images.layout import Layout, Tree
from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, FOREIGN, PREFIX, own_platform

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


def test_an_image_is_chosen_by_its_digest_too(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    digest = cli.ok("images", "-q", "--no-trunc", "busybox").line
    assert cli.ok("images", "-q", "--no-trunc", f"busybox@{digest}").lines == [digest]
    assert cli.ok("images", "-q", f"odd@{digest}").lines == []
    assert cli.ok("images", "-q", f"busybox@sha256:{'0' * 64}").lines == []


def test_bad_filters_are_refused(cli: Cli) -> None:
    for bad in ("dangling=maybe", "colour=red", "before=nothing-like-it", "nonsense"):
        assert cli("images", "-f", bad).code != 0


def test_the_tree_shows_which_platforms_are_here(
    cli: Cli, engine: PrivateEngine, images: Layout, namespace: str
) -> None:
    archive = images.archive(PREFIX + BUSYBOX)
    engine.ctr("images", "import", "--all-platforms", "--no-unpack", "-", namespace=namespace, stdin=archive)
    cli.ok("create", "--name", "user", "busybox")
    cli.ok("tag", "busybox", "also:1")
    shown = [line.split() for line in cli.ok("images", "--tree").lines]
    assert shown[0] == ["IMAGE", "ID", "DISK", "USAGE", "CONTENT", "SIZE", "EXTRA"]
    assert [row[0] for row in shown[1:3]] == ["also:1", "busybox:latest"]
    branches = {row[1]: row[2:] for row in shown[3:]}
    own, other = branches[own_platform()], branches[FOREIGN[own_platform()]]
    assert own[-1] == "U"
    assert other[-1] != "U"
    assert other[2] != "0B"
    cli.ok("rmi", "--platform", FOREIGN[own_platform()], "busybox")
    (gone,) = (line.split() for line in cli.ok("images", "--tree", "also").lines if "└─" in line)
    assert gone[1:] == [FOREIGN[own_platform()], other[0], "0B", "0B"]


def test_the_tree_is_one_view(cli: Cli) -> None:
    for other in (["-q"], ["--no-trunc"], ["--format", "json"], ["--digests"], ["--names"]):
        refused = cli("images", "--tree", *other)
        assert refused.code == 125
        assert "--tree exclude each other" in refused.err


def test_the_newest_image_is_first(
    cli: Cli, engine: PrivateEngine, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time that stands in the image."""
    made = Layout(tmp_path / "made")
    for year in ("2021", "2023", "2022"):
        monkeypatch.setattr("hack.images.layout.CREATED", f"{year}-01-02T00:00:00Z")
        tree = Tree()
        tree.file("year", year)
        made.name(f"{PREFIX}made:{year}", made.image([made.layer(tree)], {}, platform=own_platform()))
        archive = made.archive(f"{PREFIX}made:{year}")
        assert engine.ctr("images", "import", "-", namespace=namespace, stdin=archive).returncode == 0
    shown = cli.ok("images", "--format", "{{.Tag}} {{.CreatedAt}}").lines
    assert [line.split()[0] for line in shown] == ["2023", "2022", "2021"]
    assert cli.ok("images", "--format", "{{.Tag}}", "-f", "before=made:2022").lines == ["2021"]
    assert cli.ok("images", "--format", "{{.Tag}}", "-f", "since=made:2022").lines == ["2023"]
    both = ["-f", "since=made:2021", "-f", "before=made:2023"]
    assert cli.ok("images", "--format", "{{.Tag}}", *both).lines == ["2022"]
    assert cli.ok("images", "--format", "{{.Tag}}", "-f", "until=2022-06-01").lines == ["2022", "2021"]


def test_a_broken_image_is_listed(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    digest = cli.ok("images", "-q", "--no-trunc").line
    assert engine.ctr("content", "rm", digest, namespace=namespace).returncode == 0
    assert cli.ok("images").lines[1].startswith("busybox:latest")
    assert "busybox" in cli.ok("images", "--format", "table").out
    assert cli("image", "inspect", "busybox").code == 1
    cli.ok("rmi", "busybox")
