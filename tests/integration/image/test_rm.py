"""`nerdpy rmi`, `nerdpy tag` and `nerdpy image inspect`."""

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import own_platform


def test_the_last_name_takes_the_content_along(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    digest = cli.ok("images", "-q", "--no-trunc").line
    cli.ok("run", "--rm", "busybox", "true")
    cli.ok("tag", "busybox", "other:1")
    assert cli.ok("rmi", "busybox").lines == ["Untagged: busybox:latest"]
    removed = cli.ok("rmi", "other:1").lines
    assert removed[:2] == ["Untagged: other:1", f"Deleted: {digest}"]
    assert len(removed) == 3
    assert engine.ctr("content", "ls", "-q", namespace=namespace).stdout == ""
    assert engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()[1:] == []


def test_an_image_is_removed_by_the_start_of_its_ids(cli: Cli, busybox_image: str) -> None:
    config = cli.ok("image", "inspect", "-f", "{{.Id}}", "busybox").line
    cli.ok("tag", "busybox", "busybox:2")
    cli.ok("tag", "busybox", "other")
    refused = cli("rmi", config.removeprefix("sha256:")[:10])
    assert refused.code == 1
    assert "(must be forced) - image is referenced in multiple repositories" in refused.err
    cli.ok("rmi", "other")
    removed = cli.ok("rmi", config).lines
    assert sorted(removed)[-2:] == ["Untagged: busybox:2", "Untagged: busybox:latest"]


def test_a_stopped_container_holds_its_image(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "holder", "busybox", "true")
    refused = cli("rmi", "busybox")
    assert refused.code == 1
    assert 'unable to remove repository reference "busybox:latest" (must force) - container' in refused.err
    assert cli("rmi", cli.ok("images", "-q").line).code == 1
    cli.ok("tag", "busybox", "other")
    cli.ok("rmi", "other")
    assert any(line.startswith("Deleted: ") for line in cli.ok("rmi", "-f", "busybox").lines)
    cli.ok("start", "-a", "holder")


def test_a_running_container_loses_only_the_name(cli: Cli, busybox_image: str) -> None:
    image_id = cli.ok("images", "-q").line
    cli.ok("run", "-d", "--name", "holder", "busybox", "sleep", "inf")
    by_id = cli("rmi", "-f", image_id)
    assert by_id.code == 1
    assert "(cannot be forced) - image is being used by running container" in by_id.err
    assert cli("rmi", "busybox").code == 1
    assert cli.ok("rmi", "-f", "busybox").lines == ["Untagged: busybox:latest"]
    shown = cli.ok("images").lines
    assert shown[1].split()[:2] == ["<untagged>", image_id]
    assert shown[1].split()[-1] == "U"
    assert cli.ok("images", "-q", "-f", "dangling=true").line == image_id
    assert cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}").line == "<none>:<none>"
    cli.ok("exec", "holder", "true")
    cli.ok("tag", image_id, "busybox:again")
    cli.ok("rm", "-f", "holder")
    cli.ok("rmi", image_id)
    assert cli.ok("images", "-q").lines == []


def test_missing_images_are_told_and_the_rest_is_done(cli: Cli, busybox_image: str) -> None:
    done = cli("rmi", "nothing", "busybox", "nothing-either")
    assert done.code == 1
    assert "Untagged: busybox:latest" in done.lines
    assert "No such image: nothing" in done.err
    assert "No such image: nothing-either" in done.err
    assert cli("rmi", "-f", "nothing").code == 0


def test_async_does_not_wait(cli: Cli, busybox_image: str) -> None:
    assert cli.ok("rmi", "--async", "busybox").lines[0] == "Untagged: busybox:latest"


def test_a_name_beats_the_start_of_an_id(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    start = cli.ok("images", "-q", "odd").line
    cli.ok("tag", "busybox", start)
    assert cli.ok("rmi", start).lines == [f"Untagged: {start}:latest"]


def test_a_tag_moves(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    cli.ok("tag", "odd:ports", "busybox")
    assert cli.ok("image", "inspect", "-f", "{{.Config.Labels.colour}}", "busybox").line == "blue"
    assert len(set(cli.ok("images", "-q").lines)) == 1
    for source, target in (("nothing", "a"), ("busybox", "UPPER"), ("busybox", f"a@sha256:{'1' * 64}")):
        assert cli("tag", source, target).code == 1


def test_a_tag_that_moves_away_leaves_the_image_of_a_container(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    cli.ok("create", "busybox", "true")
    cli.ok("tag", "odd:ports", "busybox")
    assert len(cli.ok("images", "-q", "-f", "dangling=true").lines) == 1
    assert len(set(cli.ok("images", "-q").lines)) == 2


def test_inspect_is_dockers(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:ports")
    (shown,) = cli.ok("image", "inspect", "odd:ports").json
    assert shown["RepoTags"] == ["odd:ports"]
    assert shown["RepoDigests"][0].startswith("odd@sha256:")
    assert shown["Config"]["Labels"] == {"colour": "blue"}
    assert f"{shown['Os']}/{shown['Architecture']}" == own_platform()
    assert shown["RootFS"]["Type"] == "layers"
    assert shown["Size"] > 0
    assert cli.ok("inspect", "odd:ports").json == [shown]
    assert cli.ok("image", "inspect", shown["Id"][7:19]).json == [shown]


def test_inspect_tells_what_is_missing(cli: Cli, busybox_image: str) -> None:
    done = cli("image", "inspect", "busybox", "nothing")
    assert done.code == 1
    assert len(done.json) == 1
    assert "No such image: nothing" in done.err
    assert cli("image", "inspect", "--platform", "linux/s390x", "busybox").code == 1


def test_the_native_mode_shows_what_containerd_has(cli: Cli, busybox_image: str) -> None:
    (shown,) = cli.ok("image", "inspect", "--mode", "native", "busybox").json
    assert shown["Image"]["Name"] == "docker.io/library/busybox:latest"
    assert shown["Index"]["manifests"]
    assert shown["Manifest"]["config"]["digest"] == shown["ImageConfigDesc"]["digest"]
