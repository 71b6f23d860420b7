"""Signals to the command line: who gets them, and in what state the terminal is left."""

import signal
import subprocess

import pexpect  # type: ignore[import-untyped]
import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually
from tests.integration.terminal.conftest import IsRunning, becomes_raw, is_cooked

QUIET = ("--network", "none")
CATCH = (
    'for s in INT TERM USR1 HUP QUIT; do trap "echo got $s; [ $s = TERM ] && exit 42" $s; done; '
    "echo begun; while :; do sleep 0.05; done"
)


def _begun(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"


@pytest.mark.parametrize("interactive", [[], ["-i"]])
def test_signals_reach_the_containers_first_process(
    cli: Cli, busybox_image: str, interactive: list[str]
) -> None:
    words = ["run", "--rm", *interactive, *QUIET, busybox_image, "sh", "-c", CATCH]
    run = cli.start(*words, stdin=subprocess.PIPE)
    _begun(run)
    assert run.stdout is not None
    for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        run.send_signal(number)
        assert run.stdout.readline() == f"got {number.name.removeprefix('SIG')}\n".encode()
    assert run.wait(20) == 42
    run.communicate()


def test_signals_are_proxied_by_start_and_attach_and_exec_too(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "caught", *QUIET, busybox_image, "sh", "-c", CATCH)
    started = cli.start("start", "-a", "caught")
    _begun(started)
    attached = cli.start("attach", "--no-stdin", "caught")
    assert attached.stdout is not None
    executed = cli.start("exec", "caught", "sh", "-c", CATCH)
    _begun(executed)
    executed.send_signal(signal.SIGTERM)
    assert executed.wait(20) == 42

    def attached_gets_it() -> bool:
        attached.send_signal(signal.SIGUSR1)
        return b"got USR1" in attached.stdout.readline()  # type: ignore[union-attr]

    eventually(lambda: b"attach.sock" in _sockets(attached.pid), what="it is attached")
    eventually(attached_gets_it)
    attached.send_signal(signal.SIGTERM)
    assert (attached.wait(20), started.wait(20)) == (42, 42)
    for process in (started, attached, executed):
        process.communicate()


def _sockets(pid: int) -> bytes:
    """The unix sockets of the machine, if the process forwards signals already."""
    with open(f"/proc/{pid}/status") as file:
        caught = next(int(line.split()[1], 16) for line in file if line.startswith("SigCgt"))
    return b"attach.sock" if caught & 1 << (signal.SIGUSR1 - 1) else b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_without_sig_proxy_the_command_dies_by_the_signal(
    cli: Cli, busybox_image: str, is_running: IsRunning, number: signal.Signals
) -> None:
    run = cli.start(
        "run", "--sig-proxy=false", "--rm", "--name", "lives", *QUIET, busybox_image, "sh", "-c", CATCH
    )
    _begun(run)
    run.send_signal(number)
    out, err = run.communicate(timeout=20)
    assert (run.returncode, out, err) == (-number, b"", b"")
    assert is_running("lives")
    cli.ok("kill", "lives")
    eventually(lambda: cli("ps", "-aq").out == "", what="the container is removed")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_killed_command_gives_the_terminal_back(
    cli: Cli, pty_cli: PtyCli, busybox_image: str, is_running: IsRunning, number: signal.Signals
) -> None:
    terminal = pty_cli("run", "-it", "--rm", "--name", "lives", *QUIET, busybox_image, "sh")
    terminal.expect("# ")
    becomes_raw(terminal)
    terminal.kill(number)
    terminal.expect(pexpect.EOF)
    assert is_cooked(terminal)
    assert terminal.finish() == -number
    assert is_running("lives")


def test_a_killed_client_leaves_its_container_to_others(
    cli: Cli, busybox_image: str, is_running: IsRunning
) -> None:
    run = cli.start("run", "--rm", "--name", "lives", *QUIET, busybox_image, "sh", "-c", CATCH)
    _begun(run)
    run.kill()
    run.wait()
    assert is_running("lives")
    attached = cli.start("attach", "--no-stdin", "lives")
    eventually(lambda: _sockets(attached.pid), what="it is attached")
    cli.ok("kill", "-s", "TERM", "lives")
    assert attached.wait(20) == 42
    eventually(lambda: cli("ps", "-aq").out == "", what="the container is removed")


def test_control_z_suspends_and_fg_resumes(bash: pexpect.spawn, busybox_image: str) -> None:
    script = "while read -r x; do echo got-$x; done; exit 5"
    bash.sendline(f"nerdpy run -i --rm --network none {busybox_image} sh -c '{script}'")
    bash.sendline("one")
    bash.expect("got-one")
    bash.sendcontrol("z")
    bash.expect("Stopped.*READY> ")
    bash.sendline("echo shell-$((40 + 2))")
    bash.expect("shell-42.*READY> ")
    bash.sendline("fg")
    bash.sendline("two")
    bash.expect("got-two")
    bash.sendcontrol("d")
    bash.expect("READY> ")
    bash.sendline("echo code=$?")
    bash.expect("code=5")


def test_a_suspended_terminal_is_the_shells_and_fg_makes_it_the_containers(
    cli: Cli, bash: pexpect.spawn, busybox_image: str
) -> None:
    bash.sendline(f"nerdpy run -it --rm --name suspended --network none {busybox_image} sh")
    bash.expect("/ # ")
    pid = subprocess.run(
        ["pgrep", "-f", "nerdpy run -it --rm --name suspended"], capture_output=True, text=True, check=True
    )
    (number,) = pid.stdout.split()
    subprocess.run(["kill", "-TSTP", number], check=True)
    bash.expect("Stopped.*READY> ")
    bash.sendline("echo shell-$((40 + 2))")
    bash.expect("shell-42.*READY> ")
    bash.setwinsize(30, 90)
    bash.sendline("fg")
    bash.expect("nerdpy run -it")
    becomes_raw(bash)
    bash.send("stty size; trap 'echo int' INT\r")
    bash.expect("30 90")
    bash.sendcontrol("c")
    bash.send("echo in-$((1 + 1))\r")
    bash.expect("in-2")
    bash.send("exit 6\r")
    bash.expect("READY> ")
    bash.sendline("echo code=$?")
    bash.expect("code=6")
