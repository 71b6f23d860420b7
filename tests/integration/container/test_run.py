"""run: in the foreground and detached, its exit codes, and what becomes of the container afterwards."""

import hashlib
import signal
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle, Inside, Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.registry import Registry
from tests.integration.support.waiting import eventually


def test_output_goes_where_the_command_wrote_it(cli: Cli, busybox_image: str) -> None:
    done = cli.ok("run", "--rm", busybox_image, "sh", "-c", "echo out; echo err >&2; printf tail")
    assert (done.out, done.err) == ("out\ntail", "err\n")
    assert cli.ok("ps", "-a", "-q").lines == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 42"), 42),
        (("sh", "-c", "exit 255"), 255),
        (("no-such-program",), 127),
        (("/no/such/file",), 127),
        (("/etc/passwd",), 126),
        (("/etc",), 126),
    ],
)
def test_the_exit_code_is_the_commands_own(
    cli: Cli, busybox_image: str, words: tuple[str, ...], code: int
) -> None:
    done = cli("run", "--rm", busybox_image, *words)
    assert done.code == code
    assert bool(done.err) == (code in {126, 127}), "only a failed start has something to say"
    assert cli.ok("ps", "-a", "-q").lines == []


def test_a_signal_to_the_container_makes_128_and_the_signal(cli: Cli, busybox_image: str) -> None:
    script = "trap - TERM; echo up; exec sleep inf"
    with cli.start("run", "--init=false", "--name", "loud", busybox_image, "sh", "-c", script) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"up\n"
        cli.ok("kill", "loud")
        assert run.wait(20) == 137


def test_a_failed_start_leaves_a_created_container_with_the_reason(
    cli: Cli, busybox_image: str, inspected: Inspect
) -> None:
    failed = cli("run", "-d", "--name", "broken", busybox_image, "no-such-program")
    assert (failed.code, failed.out) == (127, "")
    assert "no-such-program" in failed.err
    state = inspected("broken", ".State")
    assert (state["Status"], state["ExitCode"], state["Pid"]) == ("created", 127, 0)
    assert "no-such-program" in state["Error"]
    assert cli.ok("ps", "-a", "--format", "{{.Names}} {{.Status}}").lines == ["broken Created"]
    assert cli("start", "broken").code == 1
    cli.ok("rm", "broken")


def test_detached_prints_the_id_and_leaves_it_running(cli: Cli, idle: Idle) -> None:
    container_id = idle("web")
    assert len(container_id) == 64
    assert cli.ok("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}").lines == [
        f"{container_id} web running"
    ]


def test_detached_with_rm_removes_container_and_anonymous_volume_at_the_end(
    cli: Cli, busybox_image: str, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = "until [ -e /host/go ]; do sleep 0.05; done"
    cli.ok("run", "-d", "--rm", "--name", "gone", "-v", "/anonymous", "-v", "kept:/kept", "-v",
           f"{tmp_path}:/host", busybox_image, "sh", "-c", script)  # fmt: skip
    assert cli.ok("ps", "--format", "{{.Names}}").lines == ["gone"]
    assert len(cli.ok("volume", "ls", "-q").lines) == 2
    go.touch()
    eventually(lambda: cli.ok("ps", "-a", "-q").lines == [])
    assert cli.ok("volume", "ls", "-q").lines == ["kept"]


def test_interactive_takes_stdin_to_its_end(cli: Cli, busybox_image: str) -> None:
    data = bytes(range(256)) * 4000
    done = cli.ok("run", "-i", "--rm", busybox_image, "md5sum", stdin=data)
    assert done.line.split()[0] == hashlib.md5(data).hexdigest()
    assert cli.ok("run", "--rm", "-i", busybox_image, "cat", stdin="x\n").out == "x\n"
    assert cli.ok("run", "--rm", busybox_image, "cat", stdin="not for you").out == ""


def test_detached_and_interactive_keeps_stdin_open(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "-i", "--name", "open", busybox_image, "head", "-n", "1")
    assert cli.ok("ps", "--format", "{{.State}}").lines == ["running"]
    assert cli.ok("attach", "open", stdin="said\n").out == "said\n"
    assert cli.ok("wait", "open").lines == ["0"]
    assert cli.ok("logs", "open").out == "said\n"


def test_attach_chooses_the_streams(cli: Cli, busybox_image: str) -> None:
    words = (busybox_image, "sh", "-c", "echo out; echo err >&2; exit 3")
    only_err = cli("run", "--rm", "-a", "stderr", *words)
    assert (only_err.code, only_err.out, only_err.err) == (3, "", "err\n")
    only_out = cli("run", "--rm", "-a", "STDOUT", *words)
    assert (only_out.code, only_out.out, only_out.err) == (3, "out\n", "")
    only_in = cli.ok("run", "-i", "-a", "stdin", busybox_image, "cat", stdin="x")
    assert len(only_in.line) == 64


def test_signals_go_to_the_container(cli: Cli, busybox_image: str) -> None:
    script = (
        "trap 'echo int; exit 5' INT; trap 'echo term; exit 6' TERM; echo up; while :; do sleep 0.05; done"
    )
    for number, word, code in ((signal.SIGINT, b"int\n", 5), (signal.SIGTERM, b"term\n", 6)):
        with cli.start("run", "--rm", busybox_image, "sh", "-c", script) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == b"up\n"
            run.send_signal(number)
            assert run.stdout.readline() == word
            assert run.wait(20) == code


def test_without_sig_proxy_the_cli_dies_by_the_signal_and_the_container_lives(
    cli: Cli, busybox_image: str
) -> None:
    words = ("sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done")
    with cli.start("run", "--name", "deaf", "--sig-proxy=false", busybox_image, *words) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"up\n"
        run.send_signal(signal.SIGTERM)
        assert run.wait(20) in {-signal.SIGTERM, 128 + signal.SIGTERM}
    assert cli.ok("ps", "--format", "{{.Names}}").lines == ["deaf"]


def test_cidfile_holds_the_id_and_is_never_overwritten(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    container_id = cli.ok("run", "-d", "--cidfile", "id", busybox_image, "true").line
    assert (tmp_path / "id").read_text() == container_id
    refused = cli("run", "-d", "--cidfile", "id", "--name", "second", busybox_image, "true")
    assert refused.code == 125
    assert "exists" in refused.err
    assert cli("run", "--cidfile", "other", "--pull=never", "no-such-image").code == 125
    assert not (tmp_path / "other").exists()
    assert len(cli.ok("ps", "-aq").lines) == 1


def test_flags_may_be_written_in_all_of_dockers_ways(cli: Cli, busybox_image: str) -> None:
    assert cli.ok("run", "--rm=true", "-eA=1", "-e=B=2", "--env", "C=3", "--env=D=4", busybox_image,
                  "sh", "-c", "echo $A$B$C$D").out == "1234\n"  # fmt: skip
    assert cli.ok("run", "-itd=false", "--rm", "-i", "-t=false", busybox_image, "echo", "-n", "--rm").out == (
        "--rm"
    )
    assert cli.ok("run", "--rm", busybox_image, "--", "echo", "dashes").out == "dashes\n"
    assert cli.ok("container", "run", "--rm", "--net=none", busybox_image, "echo", "noun").out == "noun\n"


def test_pull_policies_decide_whether_the_registry_is_asked(cli: Cli, busybox_image: str) -> None:
    assert cli.ok("run", "--rm", "--pull", "never", busybox_image, "echo", "a").out == "a\n"
    assert cli.ok("run", "--rm", "--pull=missing", "-q", busybox_image, "echo", "b").out == "b\n"
    never = cli("run", "--rm", "--pull=never", "127.0.0.1:5000/absent")
    assert never.code == 125
    assert "No such image" in never.err
    assert cli("run", "--rm", "--pull=sometimes", busybox_image).code == 125


def test_a_missing_image_is_pulled_with_progress_on_stderr_and_quietly_with_q(
    cli: Cli, registry: Registry
) -> None:
    image = registry.reference("busybox:latest")
    loud = cli.ok("run", "--rm", image, "echo", "pulled")
    assert loud.out == "pulled\n"
    assert "busybox" in loud.err
    quiet = cli.ok("run", "--rm", "-q", "--pull=always", image, "echo", "again")
    assert (quiet.out, quiet.err) == ("again\n", "")


def test_an_image_of_another_platform_is_refused_unless_it_is_there(
    cli: Cli, busybox_image: str, add_image: AddImage
) -> None:
    assert cli.ok("run", "--rm", "--platform", "linux/amd64", busybox_image, "uname", "-s").out == "Linux\n"
    foreign = cli("run", "--rm", "--pull=never", add_image("odd:foreign"), "true")
    assert foreign.code == 125
    assert "platform" in foreign.err
    assert cli("run", "--rm", "--platform", "no/such/platform/at/all", busybox_image, "true").code == 125
    assert cli.ok("ps", "-aq").lines == []


def test_entrypoint_and_command_of_the_image_are_used_and_replaced(
    cli: Cli, add_image: AddImage, busybox_image: str
) -> None:
    image = add_image("odd:entrypoint")
    assert cli.ok("run", "--rm", image).out == "hello world\n"
    assert cli.ok("run", "--rm", image, "you").out == "hello you\n"
    assert cli.ok("run", "--rm", "--entrypoint", "echo", image).out == "\n"
    assert cli.ok("run", "--rm", "--entrypoint", "echo", image, "b").out == "b\n"
    assert cli.ok("run", "--rm", "--entrypoint", "", image, "echo", "c").out == "c\n"
    nothing = cli("run", "--rm", add_image("odd:empty"))
    assert nothing.code == 125
    assert "no command specified" in nothing.err


def test_many_may_run_at_once(cli: Cli, busybox_image: str, inside: Inside) -> None:
    runs = [cli.start("run", "--rm", busybox_image, "echo", str(number)) for number in range(8)]
    assert sorted(run.communicate(timeout=60)[0] for run in runs) == [b"%d\n" % number for number in range(8)]
    assert {run.returncode for run in runs} == {0}
