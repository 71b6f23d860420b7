"""run: volumes, binds, tmpfs and a read-only root, as the container sees them."""

import os
import stat
from pathlib import Path

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Inside, Inspect
from tests.integration.support.cli import Cli


def test_a_bind_shows_the_hosts_files_both_ways(cli: Cli, inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here/file").write_text("host\n")
    script = "cat /b/file /r/file /f; echo new > /b/new; echo no > /r/no || echo read-only"
    found = inside(script + " 2>&1", "-v", "./here:/b", "-v", f"{tmp_path}/here:/r:ro",
                   "--mount", f"type=bind,src={tmp_path}/here/file,dst=/f,readonly")  # fmt: skip
    assert [line for line in found if "can't create" not in line] == ["host", "host", "host", "read-only"]
    assert (tmp_path / "here/new").read_text() == "new\n"


def test_a_missing_source_is_made_for_v_and_refused_for_mount(
    cli: Cli, inside: Inside, busybox_image: str, tmp_path: Path
) -> None:
    assert inside("stat -c %u:%g /made", "-v", f"{tmp_path}/a/b:/made") == ["0:0"]
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o755
    refused = cli("run", "--rm", "--mount", f"type=bind,src={tmp_path}/missing,dst=/m", busybox_image, "true")
    assert refused.code == 125
    assert f"{tmp_path}/missing" in refused.err
    assert "does not exist" in refused.err
    assert not (tmp_path / "missing").exists()


def test_a_named_volume_outlives_its_container_and_gets_the_images_files_once(
    cli: Cli, add_image: AddImage
) -> None:
    image = add_image("odd:volume")
    script = "ls -A /data; stat -c '%u %a' /data/file; readlink /data/link; cat /data/file"
    flags = ("run", "--rm", "-v", "kept:/data", image, "sh", "-c")
    first = cli.ok(*flags, script).lines
    assert first == ["file", "folder", "link", "1000 640", "/etc/passwd", "from the image"]
    cli.ok(*flags, "echo changed > /data/file; rm /data/link; stat -c %u /data")
    assert cli.ok(*flags, "ls -A /data; cat /data/file").lines == ["file", "folder", "changed"]
    assert cli.ok("volume", "ls", "-q").lines == ["kept"]
    assert cli.ok("run", "--rm", "--mount", "type=volume,src=bare,dst=/data,volume-nocopy", image, "ls",
                  "/data").lines == []  # fmt: skip


def test_anonymous_volumes_stay_with_rm_and_go_with_its_v(
    cli: Cli, add_image: AddImage, inspected: Inspect
) -> None:
    image = add_image("odd:volume")
    cli.ok("create", "--name", "one", image)
    cli.ok("create", "--name", "two", "-v", "/more", "-v", "kept:/kept", image)
    names = {mount["Name"] for mount in inspected("one", ".Mounts")}
    assert {len(name) for name in names} == {64}
    assert sorted(mount["Destination"] for mount in inspected("two", ".Mounts")) == [
        "/data",
        "/kept",
        "/more",
    ]
    cli.ok("rm", "one")
    cli.ok("rm", "-v", "two")
    assert set(cli.ok("volume", "ls", "-q").lines) == names | {"kept"}


def test_tmpfs_has_dockers_defaults_and_options(inside: Inside) -> None:
    found = inside(
        "grep -E ' /(a|b|c|dev/shm) ' /proc/mounts | sort; stat -c %a /b /c; ls -A /a",
        "--tmpfs", "/a", "--tmpfs", "/b:size=3m,mode=750,exec", "--shm-size", "5m",
        "--mount", "type=tmpfs,dst=/c,tmpfs-size=2m,tmpfs-mode=700",
    )  # fmt: skip
    options = {line.split()[1]: set(line.split()[3].split(",")) for line in found[:4]}
    assert {"nosuid", "nodev", "noexec", "rw"} <= options["/a"]
    assert {"size=3072k", "nosuid", "nodev"} <= options["/b"]
    assert "noexec" not in options["/b"]
    assert "size=2048k" in options["/c"]
    assert "size=5120k" in options["/dev/shm"]
    assert found[4:] == ["750", "700"]


def test_shm_is_64_megabytes_and_replaced_by_a_tmpfs_of_ones_own(inside: Inside) -> None:
    script = "grep ' /dev/shm ' /proc/mounts | cut -d' ' -f4"
    assert "size=65536k" in inside(script)[0]
    own = inside(script, "--tmpfs", "/dev/shm:size=1m")
    assert len(own) == 1
    assert "size=1024k" in own[0]


def test_a_read_only_root_lets_mounts_be_written(inside: Inside) -> None:
    script = "for f in /x /v/x /t/x /dev/shm/x; do touch $f 2>/dev/null && echo $f; done"
    assert inside(script, "--read-only", "-v", "v1:/v", "--tmpfs", "/t") == ["/v/x", "/t/x", "/dev/shm/x"]


def test_nested_mounts_are_mounted_after_their_parents(inside: Inside, tmp_path: Path) -> None:
    for name in ("outer", "inner"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    found = inside("ls /p /p/q/r", "-v", f"{tmp_path}/inner:/p/q/r", "--tmpfs", "/p/q", "-v",
                   f"{tmp_path}/outer:/p")  # fmt: skip
    assert found == ["/p:", "outer", "q", "", "/p/q/r:", "inner"]


def test_read_only_is_recursive(inside: Inside, tmp_path: Path, machine: None) -> None:
    below = tmp_path / "tree/below"
    below.mkdir(parents=True)
    assert os.system(f"mount -t tmpfs none {below}") == 0
    try:
        script = "touch /t/x /t/below/x 2>/dev/null; ls -A /t /t/below"
        assert inside(script, "-v", f"{tmp_path}/tree:/t:ro") == ["/t:", "below", "", "/t/below:"]
        plain = inside(script, "--mount", f"type=bind,src={tmp_path}/tree,dst=/t,ro,bind-recursive=writable")
        assert plain == ["/t:", "below", "", "/t/below:", "x"]
    finally:
        os.system(f"umount {below}")


def test_volumes_from_brings_the_same_mounts(cli: Cli, inside: Inside, busybox_image: str) -> None:
    cli.ok("create", "--name", "owner", "-v", "shared:/shared", "-v", "ro:/ro:ro", busybox_image)
    script = "touch /shared/x; touch /ro/x 2>/dev/null || echo read-only"
    assert inside(script, "--volumes-from", "owner") == ["read-only"]
    assert inside("ls /shared; touch /shared/y 2>&1 | grep -o Read-only", "--volumes-from", "owner:ro") == [
        "x",
        "Read-only",
    ]


def test_an_anonymous_volume_goes_with_the_last_container_that_took_it(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "owner", "-v", "/anonymous", busybox_image)
    cli.ok("create", "--name", "taker", "--volumes-from", "owner", busybox_image)
    cli.ok("rm", "-v", "owner")
    assert len(cli.ok("volume", "ls", "-q").lines) == 1
    cli.ok("rm", "-v", "taker")
    assert cli.ok("volume", "ls", "-q").lines == []


def test_inspect_lists_mounts_as_docker_does(
    cli: Cli, busybox_image: str, inspected: Inspect, tmp_path: Path
) -> None:
    cli.ok("create", "--name", "mm", "-v", f"{tmp_path}:/bind:ro", "-v", "named:/vol", busybox_image)
    mounts = {mount["Destination"]: mount for mount in inspected("mm", ".Mounts")}
    bind, volume = mounts["/bind"], mounts["/vol"]
    assert (bind["Type"], bind["Source"], bind["RW"], bind["Mode"]) == ("bind", str(tmp_path), False, "ro")
    assert bind["Propagation"] == "rprivate"
    assert not bind.get("Name")
    assert (volume["Type"], volume["Name"], volume["Driver"], volume["RW"]) == (
        "volume",
        "named",
        "local",
        True,
    )
    assert volume["Source"].startswith("/var/lib/nerdpy/")
    assert inspected("mm", ".HostConfig.Binds") == [f"{tmp_path}:/bind:ro", "named:/vol"]


MALFORMED = (
    (("-v", "a:b:c:d"), "a:b:c:d"),
    (("-v", "/tmp:relative"), "relative"),
    (("-v", "/tmp:/"), "/"),
    (("-v", "/tmp:/x:sideways"), "sideways"),
    (("-v", "no spaces:/x"), "no spaces"),
    (("--mount", "type=bind,dst=/x"), "source"),
    (("--mount", "type=elsewhere,dst=/x"), "elsewhere"),
    (("--mount", "type=volume,src=vol,dst=/x,colour=blue"), "colour"),
    (("--mount", "type=volume,src=vol"), "target"),
    (("--tmpfs", "/x:size=huge"), "huge"),
    (("--tmpfs", "relative"), "relative"),
    (("--shm-size", "many"), "many"),
    (("-v", "v1:/same", "-v", "v2:/same"), "/same"),
    (("--volumes-from", "nobody"), "No such container: nobody"),
)


def test_malformed_mounts_are_refused_before_anything_is_made(cli: Cli, busybox_image: str) -> None:
    for flags, words in MALFORMED:
        refused = cli("run", "--name", "never", *flags, busybox_image, "true")
        assert refused.code == 125, str(refused)
        assert words in refused.err, str(refused)
        assert refused.err.startswith("nerdpy: ")
        assert "internal error" not in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []
    assert cli.ok("volume", "ls", "-q").lines == []
