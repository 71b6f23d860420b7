"""run: what the process finds: environment, user, directory, names, signals."""

from pathlib import Path

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.support.cli import Cli

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def test_the_environment_is_the_images_then_files_then_flags(
    cli: Cli, inside: Inside, tmp_path: Path
) -> None:
    (tmp_path / "one.env").write_bytes(
        b'\xef\xbb\xbf# a comment\n\nFILE="kept quotes"\nBOTH=file\n  INDENTED=yes\nFROM_CALLER\nNOT_SET\n'
        b"EMPTY=\nHASH=a # b\n"
    )
    caller = cli.with_env(FROM_CALLER="caller", PASSED="through")
    found = caller.ok(
        "run", "--rm", "-h", "named", "--env-file", "one.env", "-e", "BOTH=flag", "-e", "PASSED", "-e",
        "ABSENT", "--env", "EQUALS=a=b=c", "-e", "LINES=1\n2", "busybox:latest", "env", "-0",
    ).out.split("\0")  # fmt: skip
    assert set(found) - {""} == {
        PATH, "HOSTNAME=named", "HOME=/root", 'FILE="kept quotes"', "BOTH=flag", "INDENTED=yes",
        "FROM_CALLER=caller", "EMPTY=", "HASH=a # b", "PASSED=through", "EQUALS=a=b=c", "LINES=1\n2",
    }  # fmt: skip


def test_an_unset_variable_neither_adds_nor_removes(cli: Cli, inside: Inside) -> None:
    assert inside("echo $PATH", "-e", "PATH", "-e", "GHOST") != [""]
    assert inside("env | grep -c '^GHOST' || :", "-e", "GHOST") == ["0"]
    assert inside("echo [$HOSTNAME]", "-e", "HOSTNAME=") == ["[]"]


@pytest.mark.parametrize(
    ("flags", "uid", "gid", "groups"),
    [
        ((), "0", "0", "0"),
        (("-u", "app"), "1000", "1000", "1000 2000 2001"),
        (("-u", "1000"), "1000", "1000", "1000 2000 2001"),
        (("-u", "app:team"), "1000", "2000", "2000"),
        (("-u", "4321"), "4321", "0", "0"),
        (("-u", "4321:1234"), "4321", "1234", "1234"),
        (("-u", "nobody", "--group-add", "ops", "--group-add", "77"), "65534", "65534", "65534 2001 77"),
    ],
)
def test_users_and_groups_are_those_of_the_containers_files(
    inside: Inside, flags: tuple[str, ...], uid: str, gid: str, groups: str
) -> None:
    found = inside("id -u; id -g; id -G; echo $HOME", *flags)
    assert found[:2] == [uid, gid]
    assert set(found[2].split()) == set(groups.split())
    assert found[3] == {"0": "/root", "1000": "/home/app", "65534": "/home"}.get(uid, "/")


def test_the_images_user_and_directory_hold_until_told_otherwise(
    cli: Cli, add_image: AddImage, inside: Inside
) -> None:
    image = add_image("odd:user")
    words = ("sh", "-c", "id -un; id -gn; pwd; stat -c %u .")
    assert cli.ok("run", "--rm", image, *words).lines[:3] == ["app", "team", "/home/app/work"]
    other = cli.ok("run", "--rm", "-u", "root", "-w", "/made/for//this/", image, *words).lines
    assert other == ["root", "root", "/made/for/this", "0"]
    assert inside("pwd") == ["/"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("-u", "stranger"), "stranger"),
        (("-u", "app:strangers"), "strangers"),
        (("--group-add", "strangers"), "strangers"),
        (("-w", "relative/path"), "absolute"),
        (("-w", "/etc/passwd"), "passwd"),
    ],
)
def test_unknown_users_and_impossible_directories_are_refused(
    cli: Cli, busybox_image: str, flags: tuple[str, ...], words: str
) -> None:
    refused = cli("run", "--name", "never", *flags, busybox_image, "true")
    assert refused.code in {125, 126, 127}
    assert words in refused.err
    assert "internal error" not in refused.err


def test_names_of_the_container_are_known_inside(cli: Cli, inside: Inside, idle: Idle) -> None:
    container_id = idle("plain")
    script = "hostname; cat /etc/hostname; echo $HOSTNAME; grep -c $(hostname) /etc/hosts"
    plain = cli.ok("exec", "plain", "sh", "-c", script).lines
    assert plain == [container_id[:12]] * 3 + ["1"]
    named = inside(script + "; cat /proc/sys/kernel/domainname", "-h", "box", "--domainname", "in.test")
    assert named == ["box", "box", "box", "1", "in.test"]
    assert inside("hostname; echo $HOSTNAME", "--network", "none", "-h", "alone") == ["alone", "alone"]


def test_labels_come_from_image_file_and_flag(
    cli: Cli, add_image: AddImage, inspected: Inspect, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_text("# no label\nfile=1\nboth=file\nempty\n")
    cli.ok("create", "--name", "made", "--label-file", "labels", "-l", "both=flag", "--label", "a.b/c=d=e",
           "-l", "bare", add_image("odd:ports"))  # fmt: skip
    assert inspected("made", ".Config.Labels") == {
        "colour": "blue", "file": "1", "both": "flag", "empty": "", "a.b/c": "d=e", "bare": "",
    }  # fmt: skip
    assert cli.ok("ps", "-aq", "--filter", "label=a.b/c=d=e", "--filter", "label=bare").lines != []
    assert cli.ok("ps", "-a", "--format", '{{.Label "both"}}').lines == ["flag"]


def test_stop_signal_and_timeout_are_kept_for_stop(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    script = "trap '' TERM; trap 'exit 21' HUP; echo up; while :; do sleep 0.05; done"
    cli.ok("run", "-d", "--name", "soft", "--stop-signal", "SIGHUP", "--stop-timeout", "7", busybox_image,
           "sh", "-c", script)  # fmt: skip
    cli.ok("run", "-d", "--name", "hard", "--stop-timeout=0", busybox_image, "sleep", "inf")
    assert inspected("soft", ".Config.StopSignal") == "SIGHUP"
    assert inspected("soft", ".Config.StopTimeout") == 7
    cli.ok("stop", "soft", "hard", timeout=5)
    assert (inspected("soft", ".State.ExitCode"), inspected("hard", ".State.ExitCode")) == (21, 137)


def test_init_reaps_and_passes_signals_on(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    script = "(sleep 0.01 &) ; sleep 0.3; ps -o pid,stat,comm; echo up"
    rows = cli.ok("run", "--rm", "--init", busybox_image, "sh", "-c", script).out
    assert "docker-init" in rows.splitlines()[1] or "tini" in rows.splitlines()[1]
    assert " Z " not in rows
    cli.ok("run", "-d", "--init", "--name", "polite", busybox_image, "sleep", "inf")
    cli.ok("stop", "polite", timeout=5)
    assert inspected("polite", ".State.ExitCode") == 143
    assert inspected("polite", ".HostConfig.Init") is True


def test_umask_and_ulimits_are_those_of_the_process(cli: Cli, inside: Inside, inspected: Inspect) -> None:
    limits = ("--ulimit", "nofile=512:1024", "--ulimit", "core=0", "--ulimit", "nproc=100")
    found = inside("umask; ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -u; umask", *limits, "--umask", "0077")
    assert found == ["0077", "512", "1024", "0", "100", "0077"]


def test_the_request_is_shown_by_inspect_in_dockers_words(
    cli: Cli, busybox_image: str, inspected: Inspect
) -> None:
    cli.ok("create", "--name", "asked", "-e", "A=b", "-u", "app", "-w", "/w", "--entrypoint", "sleep",
           "-h", "box", "--group-add", "ops", "-i", busybox_image, "inf")  # fmt: skip
    config = inspected("asked", ".Config")
    found = {key: config[key] for key in ("User", "WorkingDir", "Entrypoint", "Cmd", "Hostname", "OpenStdin",
                                          "Tty", "Image")}  # fmt: skip
    assert found == {
        "User": "app", "WorkingDir": "/w", "Entrypoint": ["sleep"], "Cmd": ["inf"], "Hostname": "box",
        "OpenStdin": True, "Tty": False, "Image": busybox_image,
    }  # fmt: skip
    assert sorted(config["Env"]) == ["A=b", PATH]
    assert inspected("asked", ".HostConfig.GroupAdd") == ["ops"]
