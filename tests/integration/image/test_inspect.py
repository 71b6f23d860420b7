"""`nerdpy image inspect`."""

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform


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


def test_one_platform_is_chosen(cli: Cli, add_image: AddImage) -> None:
    add_image("busybox:latest")
    (own,) = cli.ok("image", "inspect", "--platform", own_platform(), "busybox").json
    assert own["Id"] == cli.ok("image", "inspect", "-f", "{{.Id}}", "busybox").line
    for platform, words in (
        (FOREIGN[own_platform()], "lacks content here"),
        ("linux/s390x", "is not here for platform linux/s390x"),
        ("linux/", "is malformed"),
    ):
        refused = cli("image", "inspect", "--platform", platform, "busybox")
        assert (refused.code, refused.out.strip()) == (1, "[]")
        assert words in refused.err


def test_templates_see_dockers_fields(cli: Cli, add_image: AddImage) -> None:
    add_image("odd:health")
    template = "{{.ID}} {{len .RootFS.Layers}} {{.GraphDriver.Name}} {{json .Config.Healthcheck.Test}}"
    shown = cli.ok("image", "inspect", "-f", template, "odd:health").line.split(maxsplit=3)
    assert shown[0].startswith("sha256:")
    assert shown[1:] == ["1", "overlayfs", '["CMD-SHELL","test -f /tmp/healthy"]']
    assert cli("image", "inspect", "-f", "{{.Nothing}}", "odd:health").code == 1
    assert (
        cli.ok("image", "inspect", "-f", "json", "odd:health").json["Config"]["Healthcheck"]["Retries"] == 2
    )


def test_sizes_are_those_of_the_listing_and_of_containerd(
    cli: Cli, engine: PrivateEngine, busybox_image: str, namespace: str
) -> None:
    size = cli.ok("image", "inspect", "-f", "{{.Size}}", "busybox").line
    rows = engine.ctr("snapshots", "usage", "-b", namespace=namespace).stdout.splitlines()[1:]
    unpacked = sum(int(row.split()[1]) for row in rows)
    (native,) = cli.ok("image", "inspect", "--mode", "native", "busybox").json
    assert int(size) == native["size"] + unpacked
    assert len(native["Snapshots"]) == len(rows)
