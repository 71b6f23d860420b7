"""`nerdpy rmi` and `nerdpy tag`."""

import pytest

from hack.images.layout import Layout
from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, FOREIGN, ODD, PREFIX, own_platform


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


def test_a_conversion_is_not_held_by_a_container_of_its_source(cli: Cli, busybox_image: str) -> None:
    cli.ok("image", "convert", "--uncompress", "busybox", "plain:1")
    cli.ok("run", "-d", "--name", "user", "--network", "none", busybox_image, "sleep", "inf")
    assert cli.ok("rmi", "plain:1").lines[0] == "Untagged: plain:1"
    assert cli.ok("exec", "user", "echo", "here").line == "here"
    assert "is using its referenced image" in cli("rmi", "busybox").err
    cli.ok("image", "convert", "--uncompress", "busybox", "plain:1")
    cli.ok("rmi", "-f", "busybox")  # the conversion is what is left of the container's image
    assert cli("rmi", "plain:1").code == 1
    cli.ok("rm", "-f", "user")
    cli.ok("rmi", "plain:1")


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


def test_one_platform_is_removed_and_the_name_stays(
    cli: Cli, engine: PrivateEngine, images: Layout, namespace: str
) -> None:
    archive = images.archive(PREFIX + BUSYBOX)
    engine.ctr("images", "import", "--all-platforms", "--no-unpack", "-", namespace=namespace, stdin=archive)
    own, other = own_platform(), FOREIGN[own_platform()]
    closure = images.closure(images.references[PREFIX + BUSYBOX])
    cli.ok("create", "--name", "user", "busybox", "true")
    (line,) = cli.ok("rmi", "--platform", other, "busybox").lines
    digest = line.removeprefix("Deleted: ")
    left = set(engine.ctr("content", "ls", "-q", namespace=namespace).stdout.split())
    (manifest,) = (one for one in closure if one["digest"] == digest)
    gone = {one["digest"] for one in images.closure(manifest)}
    assert len(gone) == 3, "manifest, config and layer"
    assert left == {one["digest"] for one in closure} - gone
    again = cli("rmi", "--platform", other, "busybox")
    assert again.code == 1
    assert f"is not here for platform {other}" in again.err
    assert own in again.err
    used = cli("rmi", "-f", "--platform", own, "busybox")
    assert used.code == 1
    assert "image is being used by container" in used.err
    cli.ok("start", "-a", "user")
    assert cli("rmi", "--platform", "plan9/pdp11", "busybox").code == 1


def test_a_platform_that_another_image_has_too_is_kept(
    cli: Cli, engine: PrivateEngine, images: Layout, namespace: str
) -> None:
    for name in (BUSYBOX, "odd:foreign"):
        archive = images.archive(PREFIX + name)
        engine.ctr(
            "images", "import", "--all-platforms", "--no-unpack", "-", namespace=namespace, stdin=archive
        )
    refused = cli("rmi", "--platform", FOREIGN[own_platform()], "busybox")
    assert refused.code == 1
    assert 'image "odd:foreign" has it, too' in refused.err
    single = cli("rmi", "--platform", own_platform(), "odd:foreign")
    assert single.code == 1


def test_an_image_of_one_platform_has_none_to_remove(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:ports")
    refused = cli("rmi", "--platform", own_platform(), "odd:ports")
    assert refused.code == 1
    assert "has one platform only" in refused.err
    assert len(cli.ok("images", "-q").lines) == 1


def test_layers_that_are_shared_stay_for_the_other_image(
    cli: Cli, engine: PrivateEngine, add_image: AddImage, namespace: str
) -> None:
    add_image("busybox:latest")
    add_image("odd:layers")
    removed = cli.ok("rmi", "odd:layers").lines
    assert sum(line.startswith("Deleted: ") for line in removed) == 1 + 29
    assert len(engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()) == 2
    assert cli.ok("run", "--rm", "busybox", "echo", "still").line == "still"
    add_image("odd:layers")
    assert cli.ok("rmi", "busybox").lines[-1].startswith("Deleted: ")
    assert cli.ok("run", "--rm", "odd:layers", "cat", "/layer").line == "29"


def test_the_start_of_two_ids_is_ambiguous(cli: Cli, add_image: AddImage) -> None:
    """Of ten images two have ids that begin with the same digit (all but certainly)."""
    for name in ("busybox:latest", *ODD):
        add_image(name)
    ids = cli.ok("images", "-q", "--no-trunc").lines
    starts = [one[7:8] for one in ids]
    double = next((start for start in starts if starts.count(start) > 1), "")
    if not double:
        pytest.skip("no two of the images begin alike")
    for text in (double, f"sha256:{double}"):
        refused = cli("rmi", text)
        assert refused.code == 1
        assert f'several images have ids that begin with "{text}"' in refused.err
        assert cli("image", "inspect", text).code == 1
    assert len(cli.ok("images", "-q").lines) == len(ids)


def test_a_digest_of_another_image_is_refused_even_where_the_name_is_there(
    cli: Cli, busybox_image: str
) -> None:
    digest = cli.ok("images", "-q", "--no-trunc").line
    wrong = "sha256:" + "0" * 64
    refused = cli("rmi", f"busybox@{wrong}")
    assert refused.code == 1
    assert f"No such image: busybox@{wrong}" in refused.err
    assert cli("image", "inspect", f"busybox:latest@{wrong}").code == 1
    assert len(cli.ok("image", "inspect", f"busybox:latest@{digest}", f"busybox@{digest}").json) == 2
    assert cli.ok("rmi", f"busybox@{digest}").lines[0] == "Untagged: busybox:latest"
