"""The prunes: what goes, what must stay, and what is said."""

import re

import pytest

from tests.integration.conftest import AddImage, PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually


def names(cli: Cli) -> list[str]:
    return sorted(cli.ok("ps", "-a", "--format", "{{.Names}}").lines)


def volumes(cli: Cli) -> list[str]:
    return cli.ok("volume", "ls", "-q").lines


def images(cli: Cli) -> list[str]:
    return sorted(cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}").lines)


def test_containers_that_have_stopped_go_and_their_space_is_counted(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "up", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "frozen", busybox_image, "sleep", "inf")
    cli.ok("pause", "frozen")
    cli.ok("create", "--name", "fresh", busybox_image)
    cli.ok("run", "--name", "ended", busybox_image, "sh", "-c", "head -c 300000 /dev/zero > /grown")
    cli.ok("run", "--name", "kept", "-l", "keep=yes", busybox_image, "true")
    ids = {
        name: cli.ok("ps", "-aq", "--no-trunc", "-f", f"name=^{name}$").line for name in ("fresh", "ended")
    }
    pruned = cli.ok("container", "prune", "-f", "--filter", "label!=keep")
    assert pruned.lines[0] == "Deleted Containers:"
    assert sorted(pruned.lines[1:3]) == sorted(ids.values())
    assert re.fullmatch(r"Total reclaimed space: 3\d\d(\.\d)?kB", pruned.lines[-1])
    assert names(cli) == ["frozen", "kept", "up"]
    assert cli.ok("container", "prune", "-f", "--filter", "until=1h").lines == ["Total reclaimed space: 0B"]
    assert "kept" in names(cli)


def test_a_prune_asks_and_no_is_no(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "fresh", busybox_image)
    for answer in ("n\n", "", "yes please\n"):
        refused = cli("container", "prune", stdin=answer)
        assert (refused.code, names(cli)) == (0, ["fresh"])
        assert refused.out.startswith(
            "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] "
        )
    assert "Deleted Containers:" in cli.ok("container", "prune", stdin="y\n").out
    assert names(cli) == []


def test_an_interrupted_question_prunes_nothing_and_is_no_failure(pty_cli: PtyCli, cli: Cli) -> None:
    cli.ok("volume", "create")
    terminal = pty_cli("volume", "prune")
    terminal.expect(r"\[y/N\]")
    terminal.sendcontrol("c")
    assert terminal.finish() == 0
    assert len(volumes(cli)) == 1


def test_only_anonymous_volumes_go_unless_all_are_meant(cli: Cli, busybox_image: str) -> None:
    cli.ok("volume", "create", "named")
    cli.ok("volume", "create", "wanted", "--label", "keep")
    cli.ok("create", "--name", "user", "-v", "used:/u", "-v", "/anonymous", busybox_image)
    used = set(volumes(cli)) - {"named", "wanted"}
    loose = cli.ok("volume", "create").line
    pruned = cli.ok("volume", "prune", "-f").lines
    assert pruned[:2] == ["Deleted Volumes:", loose]
    assert pruned[-1].startswith("Total reclaimed space: ")
    assert set(volumes(cli)) == {*used, "named", "wanted"}
    assert "named" in cli.ok("volume", "prune", "-a", "-f", "--filter", "label!=keep").lines
    assert set(volumes(cli)) == {*used, "wanted"}
    assert "wanted" in cli.ok("volume", "prune", "-f", "--filter", "all=1").lines


def test_a_volume_that_another_namespace_mounts_by_its_path_stays(cli: Cli, engine: PrivateEngine) -> None:
    """Whoever made that container: its spec tells."""
    name = cli.ok("volume", "create").line
    (found,) = cli.ok("volume", "inspect", name).json
    other = ("--namespace", f"{cli.environment['NERDPY_NAMESPACE']}-other")
    mount = f"type=bind,src={found['Mountpoint']},dst=/x,options=rbind"
    engine.ctr(
        *other, "containers", "create", "--rootfs", "--mount", mount, str(cli.folder), "holder", "true"
    )
    try:
        assert cli.ok("volume", "prune", "-f").lines == ["Total reclaimed space: 0B"]
        assert cli.ok("system", "prune", "-f", "-a", "--volumes").out.count(name) == 0
        assert volumes(cli) == [name]
    finally:
        engine.ctr(*other, "containers", "rm", "holder")
        engine.ctr("namespaces", "rm", other[1])


def test_images_that_are_used_stay(cli: Cli, busybox_image: str, add_image: AddImage) -> None:
    unused = add_image("odd:user")
    cli.ok("create", "--name", "user", busybox_image)
    assert cli.ok("image", "prune", "-f").lines == ["Total reclaimed space: 0B"]
    dry = cli.ok("image", "prune", "-a", "-f", "--filter", "until=2001-01-01")
    assert dry.lines == ["Total reclaimed space: 0B"]
    pruned = cli.ok("image", "prune", "-a", "-f").lines
    assert pruned[0] == "Deleted Images:"
    assert f"untagged: {unused.removeprefix('docker.io/library/')}" in pruned
    assert any(re.fullmatch(r"deleted: sha256:[0-9a-f]{64}", line) for line in pruned)
    assert len(images(cli)) == 1


def test_an_image_without_a_name_is_dangling(cli: Cli, busybox_image: str) -> None:
    """A removed name leaves one while a container runs; the container's end makes it free."""
    cli.ok("run", "-d", "--name", "user", busybox_image, "sleep", "inf")
    cli.ok("rmi", "-f", busybox_image)
    assert cli.ok("image", "prune", "-f").lines == ["Total reclaimed space: 0B"]
    cli.ok("rm", "-f", "user")
    pruned = cli.ok("image", "prune", "-f")
    assert "deleted: sha256:" in pruned.out
    assert re.search(r"Total reclaimed space: [\d.]+MB", pruned.out)
    assert cli.ok("images", "-aq").lines == []


def test_what_kubernetes_pins_or_owns_stays(
    cli: Cli, engine: PrivateEngine, busybox_image: str, add_image: AddImage
) -> None:
    own = ("--namespace", cli.environment["NERDPY_NAMESPACE"])
    add_image("odd:user")
    full = f"docker.io/library/{busybox_image}"
    engine.ctr(*own, "images", "label", full, "io.cri-containerd.pinned=pinned")
    labels = (
        "io.kubernetes.pod.name=web",
        "io.kubernetes.pod.namespace=a",
        "io.cri-containerd.kind=container",
    )
    flags = [word for label in labels for word in ("--label", label)]
    engine.ctr(*own, "containers", "create", *flags, "--rootfs", str(cli.folder), "pods", "true")
    pruned = cli.ok("system", "prune", "-a", "-f", "--volumes").out
    assert ("odd:user" in pruned, "busybox" in pruned, "pods" in pruned) == (True, False, False)
    assert cli.ok("ps", "-aq").lines == ["pods"]
    engine.ctr(*own, "images", "label", full, "io.cri-containerd.pinned=")
    engine.ctr(*own, "containers", "rm", "pods")


def test_a_system_prune_takes_all_kinds_and_says_before_what_will_go(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "idle")
    loose = cli.ok("volume", "create").line
    cli.ok("create", "--name", "fresh", busybox_image)
    asked = cli.ok("system", "prune", "--volumes", "--filter", "label!=keep", stdin="n\n").out
    assert asked.startswith(
        "WARNING! This will remove:\n  - all stopped containers\n"
        "  - all networks not used by at least one container\n"
        "  - all anonymous volumes not used by at least one container\n  - all dangling images\n\n"
        "  Items to be pruned will be filtered with:\n  - label!=keep\n\n"
        "Are you sure you want to continue? [y/N] "
    )
    pruned = cli.ok("system", "prune", "--volumes", "-f").lines
    assert [line for line in pruned if line.endswith(":")] == [
        "Deleted Containers:", "Deleted Networks:", "Deleted Volumes:",
    ]  # fmt: skip
    assert pruned[-4:-1] == ["Deleted Volumes:", loose, ""]
    assert (names(cli), volumes(cli)) == ([], [])
    assert "idle" not in cli.ok("network", "ls", "-q", "--format", "{{.Name}}").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("container", "prune", "-f", "--filter", "until"), 'invalid filter "until"'),
        (("container", "prune", "-f", "--filter", "name=x"), 'invalid filter "name"'),
        (("volume", "prune", "-f", "--filter", "until=1h"), 'invalid filter "until"'),
        (("image", "prune", "-f", "--filter", "until=soon"), 'time "soon" is malformed'),
        (("container", "prune", "-f", "--filter", "until=1h", "--filter", "until=2h"), "more than one until"),
        (("system", "prune", "-f", "--volumes", "--filter", "until=1h"), 'not supported with "--volumes"'),
    ],
)
def test_a_bad_filter_prunes_nothing(cli: Cli, words: tuple[str, ...], message: str) -> None:
    refused = cli(*words)
    assert (refused.code != 0, message in refused.err) == (True, True), refused


def test_networks_are_pruned_by_age_and_label(cli: Cli) -> None:
    cli.ok("network", "create", "kept", "--label", "keep")
    cli.ok("network", "create", "idle")
    assert cli.ok("network", "prune", "-f", "--filter", "until=1h").lines == []
    pruned = cli.ok("network", "prune", "-f", "--filter", "until=2100-01-01", "--filter", "label!=keep")
    assert pruned.lines == ["Deleted Networks:", "idle"]


def test_a_run_in_the_making_is_not_pruned_away(cli: Cli, busybox_image: str) -> None:
    """Eight runs while somebody prunes: each must come up."""
    runs = [
        cli.start("run", "-d", "--name", f"r{number}", busybox_image, "sleep", "inf") for number in range(8)
    ]

    def all_ended() -> bool:
        cli("container", "prune", "-f")
        return all(run.poll() is not None for run in runs)

    eventually(all_ended, seconds=60)
    failed = [run.communicate()[1].decode() for run in runs if run.returncode]
    assert failed == []
    assert len(names(cli)) == 8


def test_a_prune_is_an_event_that_tells_what_it_freed(cli: Cli) -> None:
    for kind in ("container", "image", "volume", "network"):
        cli.ok(kind, "prune", "-f")
    show = ("events", "--since", "1h", "--until", "0s", "-f", "event=prune", "--format")
    told = cli.ok(*show, "{{.Type}} {{.Actor.Attributes.reclaimed}}").lines
    assert told == ["container 0", "image 0", "volume 0", "network 0"]
