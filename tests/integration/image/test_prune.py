"""`nerdpy image prune`: what goes, and what stays because somebody needs it."""

import pytest

from hack.images.layout import Layout
from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import PREFIX

NOTHING = ["Total reclaimed space: 0B"]


def names(cli: Cli) -> list[str]:
    return sorted(cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}").lines)


def make_dangling(cli: Cli, engine: PrivateEngine, namespace: str, name: str) -> str:
    """Take the name off an image, as a build does whose name has moved on: its digest."""
    digest = cli.ok("images", "-q", "--no-trunc", name).line
    engine.ctr("images", "tag", PREFIX + name, f"overlayfs@{digest}", namespace=namespace)
    engine.ctr("images", "rm", PREFIX + name, namespace=namespace)
    return digest


def test_only_images_without_a_name_go(
    cli: Cli, engine: PrivateEngine, add_image: AddImage, namespace: str
) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    digest = make_dangling(cli, engine, namespace, "odd:ports")
    assert names(cli) == ["<none>:<none>", "busybox:latest"]
    pruned = cli.ok("image", "prune", "-f").lines
    assert pruned[:2] == ["Deleted Images:", f"deleted: {digest}"]
    assert pruned[-1].startswith("Total reclaimed space: ")
    assert pruned[-1] != NOTHING[0]
    assert names(cli) == ["busybox:latest"]
    assert cli.ok("image", "prune", "-f").lines == NOTHING


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (["label=colour"], ["busybox:latest", "odd:stop"]),
        (["label=colour=red"], ["busybox:latest", "odd:ports", "odd:stop"]),
        (["label!=colour"], ["odd:ports"]),
        (["label!=colour=blue"], ["odd:ports"]),
        (["until=2020-01-01"], ["busybox:latest", "odd:ports", "odd:stop"]),
        (["until=24h", "label=colour"], ["busybox:latest", "odd:stop"]),
        (["dangling=true"], ["busybox:latest", "odd:ports", "odd:stop"]),
        (["dangling=false"], []),
    ],
)
def test_filters_say_what_may_go(cli: Cli, add_image: AddImage, filters: list[str], left: list[str]) -> None:
    for name in ("busybox:latest", "odd:ports", "odd:stop"):
        add_image(name)
    cli.ok("image", "prune", "-a", "-f", *(word for one in filters for word in ("--filter", one)))
    assert names(cli) == left


def test_what_a_container_uses_stays_whatever_its_state(cli: Cli, add_image: AddImage) -> None:
    for name in ("busybox:latest", "odd:ports", "odd:stop", "odd:user"):
        add_image(name)
    cli.ok("run", "-d", "--network", "none", "busybox:latest", "sleep", "inf")
    cli.ok("create", "odd:ports")
    cli.ok("run", "--network", "none", "odd:stop", "true")
    pruned = cli.ok("image", "prune", "-a", "-f").out
    assert "untagged: odd:user" in pruned
    assert names(cli) == ["busybox:latest", "odd:ports", "odd:stop"]


def test_all_names_of_an_image_that_is_used_stay(cli: Cli, busybox_image: str) -> None:
    cli.ok("tag", "busybox", "second:1")
    cli.ok("create", "second:1")
    assert cli.ok("image", "prune", "-a", "-f").lines == NOTHING
    assert names(cli) == ["busybox:latest", "second:1"]


def test_containers_of_others_are_users_too(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    engine.ctr("containers", "create", PREFIX + "busybox:latest", "foreign", "true", namespace=namespace)
    assert cli.ok("image", "prune", "-a", "-f").lines == NOTHING
    refused = cli("rmi", "busybox")
    assert refused.code == 1
    assert "container foreign is using its referenced image" in refused.err
    engine.ctr("containers", "rm", "foreign", namespace=namespace)
    assert "untagged: busybox:latest" in cli.ok("image", "prune", "-a", "-f").lines


def test_an_image_that_is_mounted_is_used(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    mount = "type=image,source=odd:ports,target=/mnt"
    cli.ok(
        "create", "--name", "holder", "--network", "none", "--mount", mount, "busybox", "ls", "/mnt/bin/sh"
    )
    assert cli.ok("image", "prune", "-a", "-f").lines == NOTHING
    refused = cli("rmi", "odd:ports")
    assert refused.code == 1
    assert "is using its referenced image" in refused.err
    assert cli.ok("images", "--format", "{{.Containers}}", "odd").line == "1"
    cli.ok("start", "-a", "holder")
    cli.ok("rm", "holder")
    assert "untagged: odd:ports" in cli.ok("image", "prune", "-a", "-f").lines


def test_another_namespace_keeps_what_it_has(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str, images: Layout
) -> None:
    """They share the blobs on disk; one namespace's garbage is not another's."""
    other = f"{namespace[:60]}-other"
    there = cli.with_env(NERDPY_NAMESPACE=other)
    archive = images.archive(PREFIX + "busybox:latest")
    assert engine.ctr("images", "import", "-", namespace=other, stdin=archive).returncode == 0
    try:
        there.ok("create", "--name", "user", "--network", "none", "busybox", "echo", "alive")
        assert "untagged: busybox:latest" in cli.ok("image", "prune", "-a", "-f").lines
        assert there.ok("start", "-a", "user").line == "alive"
        assert names(there) == ["busybox:latest"]
    finally:
        there.ok("rm", "-f", "user")
        there.ok("rmi", "busybox")
        cli.ok("namespace", "rm", "-c", other)


def test_a_shared_layer_stays_and_is_not_counted(
    cli: Cli, engine: PrivateEngine, add_image: AddImage
) -> None:
    add_image("busybox:latest")
    add_image("odd:ports")
    cli.ok("create", "busybox")
    pruned = cli.ok("image", "prune", "-a", "-f").lines
    assert pruned[-1].endswith("kB") or pruned[-1].endswith("B")
    assert "MB" not in pruned[-1]
    assert cli.ok("run", "--rm", "--network", "none", "busybox", "echo", "whole").line == "whole"
