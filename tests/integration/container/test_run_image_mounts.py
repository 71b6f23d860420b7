"""run --mount type=image and paths inside volumes: what is seen in there, and what is left afterwards."""

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Inside, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.leftovers import mount_points
from tests.integration.support.waiting import eventually


def test_an_image_is_mounted_read_only(cli: Cli, inside: Inside, add_image: AddImage) -> None:
    many = add_image("odd:layers")
    one = add_image("odd:volume")
    script = (
        "cat /m/layer; cat /m/bin/busybox | wc -c; (: > /m/x) 2>&1 | grep -o 'Read-only'; "
        "cat /one/data/file; stat -c '%u %a' /one/data/file; readlink /one/data/link"
    )
    found = inside(
        script, "--mount", f"type=image,src={many},dst=/m", "--mount", f"type=image,source={one},target=/one"
    )
    assert found[0] == "29"
    assert int(found[1]) > 100_000
    assert found[2:] == ["Read-only", "from the image", "1000 640", "/etc/passwd"]


def test_a_path_inside_an_image_is_a_folder_or_a_file(inside: Inside, add_image: AddImage) -> None:
    image = add_image("odd:volume")
    script = "ls /d; cat /f; (: > /d/x) 2>/dev/null || echo read-only; head -1 /p"
    found = inside(
        script,
        "--mount", f"type=image,src={image},dst=/d,image-subpath=data/folder",
        "--mount", f"type=image,src={image},dst=/f,image-subpath=data/file",
        "--mount", f"type=image,src={image},dst=/p,image-subpath=data/link",
    )  # fmt: skip
    assert found[:3] == ["deep", "from the image", "read-only"]
    assert found[3].startswith("root:x:0:0")  # the image's own, not the host's
    assert found[3] + "\n" in inside("cat /etc/passwd")[0] + "\n"


def test_image_mounts_go_with_the_container_however_it_ends(
    cli: Cli,
    engine: PrivateEngine,
    add_image: AddImage,
    busybox_image: str,
    namespace: str,
    inspected: Inspect,
) -> None:
    image = add_image("odd:volume")
    mount = f"type=image,src={image},dst=/d,image-subpath=data"
    before = mount_points()
    cli.ok("run", "-d", "--name", "web", "--mount", mount, busybox_image, "sleep", "inf")
    snapshots = engine.ctr("snapshots", "ls", namespace=namespace).stdout
    assert "-image-0" in snapshots
    (shown,) = inspected("web", ".Mounts")
    assert (shown["Type"], shown["Source"], shown["Destination"], shown["RW"]) == (
        "image",
        image,
        "/d",
        False,
    )
    cli.ok("kill", "web")
    cli.ok("start", "web")
    assert cli.ok("exec", "web", "cat", "/d/file").line == "from the image"
    cli.ok("restart", "-t0", "web")
    assert cli.ok("exec", "web", "cat", "/d/folder/deep").line == "deep"
    cli.ok("rm", "-f", "web")
    assert "-image-0" not in engine.ctr("snapshots", "ls", namespace=namespace).stdout
    assert mount_points() == before
    cli.ok("run", "--rm", "--name", "gone", "--mount", mount, busybox_image, "true")
    eventually(lambda: mount_points() == before)


def test_a_path_inside_a_volume_is_all_that_is_seen(cli: Cli, inside: Inside, inspected: Inspect) -> None:
    inside("mkdir -p /v/a/b; echo deep > /v/a/b/file; echo top > /v/top; ln -s /a /v/link", "-v", "data:/v")
    mount = "type=volume,src=data,dst=/m,volume-subpath="
    assert inside("ls /m; cat /m/file; echo new > /m/new", "--mount", mount + "a/b") == ["file", "deep"]
    assert inside("ls /m; cat /m/b/new", "--mount", mount + "link") == ["b", "new"]
    assert inside("cat /m", "--mount", mount + "top") == ["top"]
    assert inside("(: > /m/x) 2>/dev/null || echo read-only", "--mount", mount + "a,readonly") == [
        "read-only"
    ]


def test_a_hostile_volume_leads_nowhere_else(cli: Cli, inside: Inside, busybox_image: str) -> None:
    inside(
        "ln -s /etc/passwd /v/leak; ln -s ../../../../../../etc/passwd /v/up; mkfifo /v/pipe", "-v", "data:/v"
    )
    mount = "type=volume,src=data,dst=/m,volume-subpath="
    for path in ("leak", "up", "missing/here"):
        refused = cli("run", "--rm", "--mount", mount + path, busybox_image, "true")
        assert refused.code == 125
        assert f'cannot mount "{path}" of the volume on "/m": no such file or directory' in refused.err
    assert inside("test -p /m && echo pipe", "--mount", mount + "pipe") == ["pipe"]
    for path in ("../x", "/etc", "a/../../x"):
        refused = cli("run", "--rm", "--mount", mount + path, busybox_image, "true")
        assert refused.code == 125
        assert "is not a relative path" in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_an_image_that_is_not_there_is_told(cli: Cli, busybox_image: str) -> None:
    words = ("--mount", "type=image,src=ghost,dst=/m", busybox_image, "true")
    refused = cli("run", "--rm", "--pull", "never", *words)
    assert refused.code == 125
    assert "No such image: ghost" in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_other_containers_get_the_same_mounts(cli: Cli, inside: Inside, add_image: AddImage) -> None:
    image = add_image("odd:volume")
    cli.ok("create", "--name", "giver", "--mount", f"type=image,src={image},dst=/i,image-subpath=data",
           "-v", "data:/v", "--tmpfs", "/t", image)  # fmt: skip
    script = (
        "cat /i/file; (: > /v/x) 2>/dev/null && echo writable || echo read-only; "
        "grep -c ' /t ' /proc/mounts || :"
    )
    assert inside(script, "--volumes-from", "giver") == ["from the image", "writable", "0"]
    assert inside(script, "--volumes-from", "giver:ro,z") == ["from the image", "read-only", "0"]
