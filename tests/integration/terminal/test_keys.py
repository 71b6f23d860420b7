"""What is typed, pasted and piped into a terminal arrives in the container as it is."""

import re
from hashlib import md5

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import Cli
from tests.integration.terminal.conftest import InShell, becomes_raw, ended

CATCH = 'for s in INT QUIT TSTP; do trap "echo got-$s" $s; done; echo begun; while :; do sleep 0.05; done'


@pytest.fixture
def target(cli: Cli, busybox_image: str) -> str:
    """A running container."""
    cli.ok("run", "-d", "--name", "target", "--network", "none", busybox_image, "sleep", "inf")
    return "target"


@pytest.mark.parametrize("verb", ["run", "exec"])
def test_keys_that_make_signals_make_them_in_the_container(
    pty_cli: PtyCli, busybox_image: str, target: str, verb: str
) -> None:
    place = (
        ["run", "-it", "--rm", "--network", "none", busybox_image]
        if verb == "run"
        else ["exec", "-it", target]
    )
    terminal = pty_cli(*place, "sh", "-c", CATCH)
    terminal.expect("begun")
    becomes_raw(terminal)
    for key, name in (("c", "INT"), ("\\", "QUIT"), ("z", "TSTP"), ("c", "INT")):
        terminal.sendcontrol(key)
        terminal.expect(f"got-{name}")
    assert terminal.isalive()
    terminal.send("\x10\x11")
    assert ended(terminal) == 0


def test_control_z_is_the_containers_shells_job_control(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    terminal.send("sh -c 'echo begun; sleep 1000'\r")
    terminal.expect("\nbegun")
    terminal.sendcontrol("z")
    terminal.expect("Stopped.*# ")
    terminal.send("exit\r")
    terminal.expect("stopped jobs")
    terminal.send("exit 2\r")
    assert ended(terminal) == 2


def test_every_control_key_but_those_of_detaching_arrives(pty_cli: PtyCli, busybox_image: str) -> None:
    script = "stty raw -echo; echo begun; head -c 30 | od -An -v -tx1 | tr -d ' \\n\\r'; stty cooked"
    terminal = pty_cli("run", "-it", "--rm", "--network", "none", busybox_image, "sh", "-c", script)
    terminal.expect("begun")
    becomes_raw(terminal)
    keys = bytes(code for code in range(32) if code not in {0x10, 0x11})
    terminal.send(keys.decode())
    terminal.expect(keys.hex())
    assert ended(terminal) == 0


def test_a_control_p_alone_arrives_with_the_next_key(pty_cli: PtyCli, busybox_image: str) -> None:
    script = "stty raw -echo; echo begun; head -c 5 | od -An -tx1; stty cooked"
    terminal = pty_cli("run", "-it", "--rm", "--network", "none", busybox_image, "sh", "-c", script)
    terminal.expect("begun")
    becomes_raw(terminal)
    for key in "\x10\x10a\x11\x10b":  # the last is of the next reader
        terminal.send(key)
    terminal.expect("10 10 61 11 10")
    assert ended(terminal) == 0


@pytest.mark.parametrize("verb", ["run", "exec"])
def test_a_paste_of_64_kib_without_any_newline_arrives_whole(
    pty_cli: PtyCli, busybox_image: str, target: str, verb: str
) -> None:
    size = 64 << 10
    place = (
        ["run", "-it", "--rm", "--network", "none", busybox_image]
        if verb == "run"
        else ["exec", "-it", target]
    )
    script = f"stty raw -echo; echo begun; head -c {size} | md5sum; stty cooked"
    terminal = pty_cli(*place, "sh", "-c", script)
    terminal.expect("begun")
    becomes_raw(terminal)
    text = "".join(chr(97 + number * 7 % 26) for number in range(size))
    for start in range(0, size, 4096):
        terminal.send(text[start : start + 4096])
    terminal.expect(md5(text.encode()).hexdigest(), timeout=30)
    assert ended(terminal) == 0


def test_text_of_the_whole_world_goes_both_ways(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    text = "gr\u00fc\u00df \u65e5\u672c\u8a9e \u0627\u0644\u0639 \U0001f427 \u0065\u0301"
    terminal.send("stty -echo; cat > /tmp/text\r")
    terminal.expect("text\r\n")
    for letter in text.encode():  # cut into single bytes on the way
        terminal.write_byte(letter)
    terminal.send("\r")
    terminal.sendcontrol("d")
    terminal.expect("# ")
    terminal.send("cat /tmp/text; md5sum < /tmp/text; exit\r")
    terminal.expect(re.escape(text))
    terminal.expect(md5(text.encode() + b"\n").hexdigest())
    assert ended(terminal) == 0


def test_bytes_that_are_no_text_pass_unchanged(cli: Cli, target: str) -> None:
    octets = bytes(range(256))
    literal = "".join(f"\\{code:03o}" for code in octets)
    shown = cli.ok("exec", "-t", target, "sh", "-c", f"stty raw; printf '{literal}'")
    assert shown.stdout == octets


def test_the_end_of_input_is_typed_and_not_the_end_of_the_terminal(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    for word in ("one", "two"):
        terminal.send("cat\r")
        terminal.send(word + "\r")
        terminal.expect(f"{word}\r\n{word}\r\n")
        terminal.sendcontrol("d")
        terminal.expect("# ")
    terminal.sendcontrol("d")
    assert ended(terminal) == 0


def test_keys_of_a_full_screen_program_arrive(in_shell: InShell) -> None:
    terminal = in_shell("--rm")
    terminal.send("vi /tmp/page\r")
    terminal.expect("/tmp/page")
    terminal.send("ifirst\rsecond")
    terminal.expect("second")
    terminal.send("\x1b")
    terminal.expect(r"- /tmp/page \[Modified\]")
    terminal.send(":wq\r")
    terminal.expect("# ")
    terminal.send("cat /tmp/page | tr '\\n' /; exit\r")
    terminal.expect("first/second/")
    assert ended(terminal) == 0
