"""volume create, and volumes that containers make: what is refused, who fills them, and how often."""

import os
import stat
import subprocess
from pathlib import Path

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli

NFS = ("-o", "type=nfs", "-o", "device=:/export")


MALFORMED = (
    (("-o", "colour=blue"), 'invalid option: "colour"'),
    (("-o", "o=bind"), 'missing required option: "device"'),
    (("-o", "size=10m"), "quota size requested but no quota support"),
    (("-d", "nfs"), 'plugin "nfs" not found'),
    (("-o", "type=none", "-o", "o=bind", "-o", "device=here"), "no absolute path"),
    (("--name", "twice"), "the name is given twice"),
    (("--limit-bytes", "1"), "Swarm"),
)


def test_what_makes_no_volume_is_refused(cli: Cli) -> None:
    for words, told in MALFORMED:
        refused = cli("volume", "create", *words, "data")
        assert (refused.code != 0, told in refused.err) == (True, True), str(refused)
    assert "Swarm" in cli("volume", "update", "data").err
    assert cli.ok("volume", "ls", "-q").lines == []


def test_a_name_belongs_to_one_set_of_options(cli: Cli, busybox_image: str) -> None:
    for _ in range(2):
        assert cli.ok("volume", "create", *NFS, "-o", "o=addr=nas,rw", "data").lines == ["data"]
    assert cli.ok("volume", "create", "data").lines == ["data"]
    refused = cli("volume", "create", *NFS, "-o", "o=addr=nas,ro", "data")
    assert (refused.code, "create data: conflict: volume name must be unique" in refused.err) == (1, True)
    other = "src=data,dst=/d,volume-opt=type=tmpfs,volume-opt=device=tmpfs"
    refused = cli("run", "--rm", "--mount", other, busybox_image, "true")
    assert (refused.code, "conflict" in refused.err) == (125, True)


def test_containers_label_and_configure_what_they_make(cli: Cli, busybox_image: str) -> None:
    memory = "volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=mode=0701"
    given = f"dst=/m,volume-label=a=b,volume-driver=local,{memory}"
    flags = ("--mount", f"src=named,{given}", "--mount", f"{given.replace('/m', '/n')},readonly")
    script = "stat -c %a /m /n; touch /m/x; touch /n/x 2>/dev/null || echo read-only"
    cli.ok("create", "--name", "one", *flags, busybox_image, "sh", "-c", script)
    assert cli.ok("start", "-a", "one").lines == ["701", "701", "read-only"]
    (named,) = cli.ok("volume", "inspect", "named").json
    assert (named["Labels"], named["Options"]["o"]) == ({"a": "b"}, "mode=0701")
    cli.ok("rm", "-v", "one")
    assert cli.ok("volume", "ls", "-q").lines == ["named"]


def test_the_first_of_many_fills_a_volume_and_nobody_finds_half_of_it(cli: Cli, add_image: AddImage) -> None:
    image = add_image("odd:volume")
    script = "ls -A /data | tr '\\n' ' '; stat -c '%a %u' /data; touch /data/mine; rm /data/link"
    flags = ("run", "--rm", "--network", "none", "-v", "shared:/data", image, "sh", "-c", script)
    running: list[subprocess.Popen[bytes]] = [cli.start(*flags) for _ in range(4)]
    outputs = [each.communicate(timeout=60)[0].decode() for each in running]
    assert all("file folder" in text for text in outputs), outputs
    assert any("link" in text and "mine" not in text for text in outputs), outputs
    data = Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "shared").line)
    assert sorted(os.listdir(data)) == ["file", "folder", "mine"]  # what was removed did not come back
    assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]


def test_an_empty_folder_of_the_image_gives_owner_and_mode(cli: Cli, busybox_image: str) -> None:
    cli.ok(
        "run",
        "--name",
        "maker",
        busybox_image,
        "sh",
        "-c",
        "mkdir -m 2751 /own; chown 7:8 /own; ln -s /own /link",
    )
    cli.ok("commit", "maker", "with:own")
    for target in ("/own", "/link"):
        name = f"for{target[1:]}"
        cli.ok("run", "--rm", "-v", f"{name}:{target}", "with:own", "true")
        found = Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", name).line).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o2751, 7, 8)
    cli.ok("run", "--rm", "-v", "bare:/own:nocopy", "with:own", "true")
    found = Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "bare").line).stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o755, 0)
    cli.ok("rm", "maker")


def test_a_subpath_stays_inside_the_volume(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    cli.ok("volume", "create", "data")
    data = Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "data").line)
    (data / "in/side").mkdir(parents=True)
    (data / "in/side/file").write_text("x")
    (data / "out").symlink_to("/etc")
    (data / "up").symlink_to("../../..")
    (data / "round").symlink_to("/in/side")

    def seen(path: str) -> tuple[int, str]:
        found = cli(
            "run", "--rm", "--mount", f"src=data,dst=/s,volume-subpath={path}", busybox_image, "ls", "/s"
        )
        return found.code, found.out + found.err

    assert seen("in/side") == (0, "file\n")
    assert seen("round") == (0, "file\n")
    assert seen("up")[1].split() == ["in", "out", "round", "up"]
    for path in ("out", "missing"):
        code, told = seen(path)
        assert (code, "no such file or directory" in told) == (125, True), told
