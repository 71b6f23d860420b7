"""Where the output goes: real servers on loopback, real files and programs, and the bytes that came there."""

import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.isolation import OWN
from tests.integration.support.log_servers import LogServer, on_path, on_port
from tests.integration.support.registry import make_certificate
from tests.integration.support.waiting import eventually

STREAM, DATAGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
Serve = Callable[..., LogServer]
HOST = socket.gethostname()
STAMP_3164 = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
STAMP_5424 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"


@pytest.fixture
def serve(machine: None) -> Iterator[Serve]:
    """Start a server for the time of the test."""
    servers: list[LogServer] = []

    def start(listener: socket.socket, **options: Any) -> LogServer:
        servers.append(LogServer(listener, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def speak(cli: Cli, image: str, *flags: str, script: str = "echo out; echo err >&2") -> str:
    """Run to the end; the container's id."""
    cli.ok("run", "--name", "speaker", *flags, image, "sh", "-c", script)
    return cli.ok("inspect", "-f", "{{.Id}}", "speaker").line


def syslog(*options: str) -> list[str]:
    return ["--log-driver", "syslog", *(word for option in options for word in ("--log-opt", option))]


def fluentd(*options: str) -> list[str]:
    return ["--log-driver", "fluentd", *(word for option in options for word in ("--log-opt", option))]


# --- syslog -------------------------------------------------------------------------------------------
def test_syslog_takes_datagrams(cli: Cli, busybox_image: str, serve: Serve) -> None:
    server = serve(on_port(DATAGRAM))
    found = speak(cli, busybox_image, *syslog(f"syslog-address=udp://127.0.0.1:{server.port}"))
    eventually(lambda: len(server.messages) == 2)
    info, error = sorted(server.messages, key=lambda message: b"err" in message)
    assert re.fullmatch(rf"<30>{STAMP_3164} {found[:12]}\[\d+\]: out\n".encode(), info)
    assert re.fullmatch(rf"<27>{STAMP_3164} {found[:12]}\[\d+\]: err\n".encode(), error)


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("rfc3164", rf"<134>{STAMP_3164} {HOST} web\[\d+\]: "),
        ("rfc5424", rf"<134>1 {STAMP_5424} {HOST} web \d+ web - "),
        ("rfc5424micro", rf"<134>1 {STAMP_5424.replace('(Z', '[.][0-9]{6}(Z')} {HOST} web \d+ web - "),
    ],
)
def test_syslog_has_formats_a_facility_and_a_tag(
    cli: Cli, busybox_image: str, serve: Serve, form: str, pattern: str
) -> None:
    server = serve(on_port(STREAM))
    address = f"syslog-address=tcp://127.0.0.1:{server.port}"
    flags = syslog(address, f"syslog-format={form}", "syslog-facility=local0", "tag=web")
    speak(cli, busybox_image, *flags, script="echo one; echo two")
    eventually(lambda: server.data.endswith(b"two\n"))
    assert re.fullmatch(rf"{pattern}one\n{pattern}two\n".encode(), server.data)


def test_syslog_over_tls_counts_octets_and_verifies(
    cli: Cli, busybox_image: str, serve: Serve, tmp_path: Path
) -> None:
    authority, (certificate, key) = make_certificate(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = serve(on_port(STREAM), tls=context)
    address = f"syslog-address=tcp+tls://127.0.0.1:{server.port}"
    refused = cli("run", *syslog(address), busybox_image, "true")
    assert refused.code == 125
    assert "failed to initialize logging driver" in refused.err
    assert "certificate verify failed" in refused.err
    flags = syslog(address, f"syslog-tls-ca-cert={authority}", "syslog-format=rfc5424", "tag=t")
    speak(cli, busybox_image, *flags, script="echo secret")
    eventually(lambda: server.data.endswith(b" - secret"))
    length, _, message = server.data.partition(b" ")
    assert int(length) == len(message)
    cli.ok("run", *syslog(address, "syslog-tls-skip-verify=true"), busybox_image, "echo", "trusting")
    eventually(lambda: b"trusting\n" in server.data)


def test_syslog_is_this_machine_s_by_default(cli: Cli, busybox_image: str, serve: Serve) -> None:
    device = Path("/dev/log")  # which all workers share: one test, and a link into the worker's own /run
    if device.is_symlink() or device.exists():
        pytest.skip("this machine has a syslog of its own")
    device.symlink_to(OWN / "devlog")
    try:
        for kind in (STREAM, DATAGRAM):
            server = serve(on_path(kind, OWN / "devlog"))
            name = f"to-{kind.name}"
            cli.ok(
                "run", "--name", name, *syslog("tag={{.Name}}/{{.ImageName}}"), busybox_image, "echo", "hi"
            )
            eventually(lambda: server.data.endswith(b": hi\n"))  # noqa: B023
            assert f" {name}/{busybox_image}[".encode() in server.data
    finally:
        device.unlink()


def test_a_server_that_goes_away_is_waited_for(cli: Cli, busybox_image: str, serve: Serve) -> None:
    server = serve(on_port(STREAM))
    port = server.port
    flags = syslog(f"syslog-address=tcp://127.0.0.1:{port}", "tag=t")
    script = "n=0; while read line; do echo $line; done"
    with cli.start(
        "run", "-i", "--name", "talker", *flags, busybox_image, "sh", "-c", script, stdin=subprocess.PIPE
    ) as run:
        assert run.stdin
        run.stdin.write(b"first\n")
        run.stdin.flush()
        eventually(lambda: b"first" in server.data)
        server.close()
        run.stdin.write(b"lost perhaps\n" * 3)
        run.stdin.flush()
        again = serve(on_port(STREAM, port))
        run.stdin.write(b"last\n")
        run.stdin.close()
        eventually(lambda: b"last" in again.data)
        assert run.wait(20) == 0


def test_a_server_that_takes_nothing_holds_nobody_up_for_long(cli: Cli, busybox_image: str) -> None:
    with on_port(STREAM) as deaf:
        flags = syslog(f"syslog-address=tcp://127.0.0.1:{deaf.getsockname()[1]}")
        script = "yes | head -c 20000000; sleep inf & wait"
        lossy = ("--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=100k")
        for name, more in (("held", ()), ("lossy", lossy)):
            cli.ok("run", "-d", "--name", name, *flags, *more, busybox_image, "sh", "-c", script)
        for name in ("lossy", "held"):
            pid = cli.ok("inspect", "-f", "{{.State.Pid}}", name).line
            eventually(lambda: "sleep" in children_of(pid), seconds=60)  # noqa: B023
        for status in monitors_of(cli):
            peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))  # type: ignore[union-attr]
            assert peak < 40_000, "a monitor or its relay has grown"
        cli.ok("kill", "held", "lossy")


def children_of(pid: str) -> str:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return " ".join(Path(f"/proc/{word}/cmdline").read_bytes().decode() for word in words)


def monitors_of(cli: Cli) -> list[str]:
    """/proc/PID/status of each monitor and relay of the test's containers."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes()
                if (
                    f"CONTAINER_NAMESPACE={cli.environment['NERDPY_NAMESPACE']}\0".encode() in environment
                    and (b"/monitor\0" in command)
                ):
                    found.append((entry / "status").read_text())
            except OSError:
                continue
    assert len(found) >= 4
    return found


def test_non_blocking_works_for_files_too(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "--name", "quick", "--log-opt", "mode=non-blocking", busybox_image, "seq", "100")
    assert cli.ok("logs", "quick").lines == [str(number) for number in range(1, 101)]


# --- fluentd ------------------------------------------------------------------------------------------
def test_fluentd_gets_docker_s_records(cli: Cli, busybox_image: str, serve: Serve) -> None:
    server = serve(on_port(STREAM))
    address = f"fluentd-address=127.0.0.1:{server.port}"
    flags = fluentd(address, "tag=docker.{{.Name}}", "env=COLOUR", "labels=team")
    found = speak(cli, busybox_image, *flags, "-e", "COLOUR=blue", "-l", "team=red", script="echo hello")
    eventually(lambda: b"hello" in server.data)
    assert server.data.startswith(b"\x94\xaedocker.speaker\xce")
    assert b"\xaccontainer_id\xd9\x40" + found.encode() in server.data
    assert b"\xaecontainer_name\xa8/speaker" in server.data
    assert b"\xa6source\xa6stdout\xa3log\xa5hello" in server.data
    assert b"\xa6COLOUR\xa4blue" in server.data
    assert b"\xa4team\xa3red" in server.data


def test_fluentd_is_precise_and_waits_for_answers_if_asked(
    cli: Cli, busybox_image: str, serve: Serve, tmp_path: Path
) -> None:
    server = serve(on_path(STREAM, OWN / "fluentd"), answers=True)
    flags = fluentd(
        f"fluentd-address=unix://{OWN}/fluentd",
        "fluentd-sub-second-precision=true",
        "fluentd-request-ack=true",
    )
    speak(cli, busybox_image, *flags, script="echo one; echo two")
    eventually(lambda: b"two" in server.data)
    assert server.data.count(b"\xd7\x00") == 2  # the time is an EventTime
    assert server.data.count(b"\xa5chunk\xd9\x20") == 2  # each once: they were answered


def test_fluentd_async_starts_without_a_server(cli: Cli, busybox_image: str, serve: Serve) -> None:
    with on_port(STREAM) as placeholder:
        port = placeholder.getsockname()[1]
    address = f"fluentd-address=127.0.0.1:{port}"
    refused = cli("run", *fluentd(address), busybox_image, "true")
    assert refused.code == 125
    assert (
        f"failed to initialize logging driver: dial tcp 127.0.0.1:{port}: connection refused" in refused.err
    )
    retries = "fluentd-retry-wait=100ms"
    cli.ok("run", "-d", "--name", "early", *fluentd(address, "fluentd-async=true", retries), busybox_image,
           "sh", "-c", "echo kept; sleep inf")  # fmt: skip
    server = serve(on_port(STREAM, port))
    eventually(lambda: b"\xa4kept" in server.data)


def test_a_long_line_comes_in_pieces(cli: Cli, busybox_image: str, serve: Serve) -> None:
    server = serve(on_port(STREAM))
    flags = fluentd(f"fluentd-address=127.0.0.1:{server.port}")
    speak(cli, busybox_image, *flags, script="head -c 40000 /dev/zero | tr '\\0' x; echo; echo short")
    eventually(lambda: b"\xa3log\xa5short" in server.data)
    assert server.data.count(b"\xafpartial_message\xa4true") == 3
    assert server.data.count(b"\xacpartial_last\xa5false") == 2
    assert sum(len(part) for part in re.findall(rb"x{1000,}", server.data)) == 40000


# --- journald -----------------------------------------------------------------------------------------
@pytest.fixture
def journal(machine: None) -> Iterator[None]:
    """systemd's own journald, on the worker's empty /run."""
    program = Path("/lib/systemd/systemd-journald")
    if not program.exists() or shutil.which("journalctl") is None:
        pytest.skip("systemd's journald is not installed")
    for folder in ("/run/systemd/journal", "/run/log/journal"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    journald = subprocess.Popen([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: Path("/run/systemd/journal/socket").is_socket())
    yield
    journald.terminate()
    journald.wait(10)
    shutil.rmtree("/run/systemd/journal")
    shutil.rmtree("/run/log/journal")


def journaled(cli: Cli, name: str, count: int) -> None:
    """Wait until so many lines are in the journal."""
    command = ["journalctl", "-q", "-o", "cat", f"CONTAINER_NAME={name}"]

    def are_there() -> bool:
        return len(subprocess.run(command, capture_output=True, text=True).stdout.splitlines()) >= count

    eventually(are_there)


def test_journald_gets_docker_s_fields(cli: Cli, busybox_image: str, journal: None) -> None:
    flags = (
        "--log-driver",
        "journald",
        "--log-opt",
        "labels=team",
        "-l",
        "team=blue",
        "--log-opt",
        "tag=web",
    )
    found = speak(cli, busybox_image, *flags)
    journaled(cli, "speaker", 2)
    command = ["journalctl", "-q", "-o", "json", "CONTAINER_NAME=speaker"]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    entries = {entry["MESSAGE"]: entry for entry in map(json.loads, lines)}
    assert {message: entry["PRIORITY"] for message, entry in entries.items()} == {"out": "6", "err": "3"}
    wanted = {
        "CONTAINER_ID": found[:12],
        "CONTAINER_ID_FULL": found,
        "CONTAINER_TAG": "web",
        "SYSLOG_IDENTIFIER": "web",
        "IMAGE_NAME": busybox_image,
        "TEAM": "blue",
    }
    assert {key: entries["out"][key] for key in wanted} == wanted


def test_logs_reads_the_journal(cli: Cli, busybox_image: str, journal: None) -> None:
    flags = ("--log-driver", "journald", "--log-opt", "env=A", "-e", "A=b")
    script = "echo one; head -c 20000 /dev/zero | tr '\\0' x; echo; sleep 0.01; echo err >&2"
    speak(cli, busybox_image, *flags, script=script)
    journaled(cli, "speaker", 4)
    result = cli.ok("logs", "speaker")
    assert result.lines == ["one", "x" * 20000]
    assert result.err == "err\n"
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT[\d:.]+Z A=b err\n", cli.ok("logs", "-t", "--details", "-n", "1", "speaker").err
    )
    assert cli.ok("logs", "--since", "1h", "--until", "30m", "speaker").out == ""


def test_logs_follows_the_journal_until_the_end(cli: Cli, busybox_image: str, journal: None) -> None:
    script = "echo first; while ! test -f /go; do sleep 0.1; done; echo last"
    cli.ok("run", "-d", "--name", "slow", "--log-driver", "journald", busybox_image, "sh", "-c", script)
    with cli.start("logs", "-f", "slow", stdout=subprocess.PIPE) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == b"first\n"
        cli.ok("exec", "slow", "touch", "/go")
        assert reader.stdout.read() == b"last\n"
        assert reader.wait(10) == 0


# --- log URIs -----------------------------------------------------------------------------------------
def test_a_file_takes_the_bytes_as_they_are(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    log = tmp_path / "deep" / "a log"
    uri = f"file://{str(log).replace(' ', '%20')}"
    speak(cli, busybox_image, "--log-driver", uri, script="printf 'no newline'; echo err >&2")
    eventually(lambda: len(log.read_bytes()) == 14)
    cli.ok("start", "-a", "speaker")
    eventually(lambda: log.read_bytes().count(b"no newline") == 2)


def test_a_program_takes_both_streams_by_containerd_s_contract(
    cli: Cli, busybox_image: str, tmp_path: Path
) -> None:
    program, seen = tmp_path / "program", tmp_path / "seen"
    program.write_text(
        f'#!/bin/sh\nexec 5>&-\nenv > {seen}.env; echo "$@" > {seen}.words\n'
        f"cat <&4 > {seen}.err &\ncat <&3 > {seen}.out; wait; echo done > {seen}.done\n"
    )
    program.chmod(0o755)
    found = speak(cli, busybox_image, "--log-driver", f"binary://{program}?colour=light%20blue")
    eventually(lambda: Path(f"{seen}.done").exists())
    assert Path(f"{seen}.out").read_text() == "out\n"
    assert Path(f"{seen}.err").read_text() == "err\n"
    assert Path(f"{seen}.words").read_text() == "colour light blue\n"
    environment = Path(f"{seen}.env").read_text().splitlines()
    assert f"CONTAINER_ID={found}" in environment
    assert f"CONTAINER_NAMESPACE={cli.environment['NERDPY_NAMESPACE']}" in environment
    assert not [line for line in environment if line.startswith(("HOME=", "NERDPY"))]


def test_a_program_that_dies_harms_nobody(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    result = cli("run", "--log-driver", f"binary://{program}", busybox_image, "sh", "-c", "seq 1000; exit 7")
    assert result.code == 7
    assert result.lines[-1] == "1000"


# --- what is refused ----------------------------------------------------------------------------------
def test_a_driver_that_cannot_begin_fails_the_start(cli: Cli, busybox_image: str) -> None:
    for number, (flags, sentence) in enumerate(
        (
            (["--log-driver", "binary:///nowhere/x"], 'log program "/nowhere/x" does not exist'),
            (["--log-driver", "binary:///proc/version"], 'log program "/proc/version" is not executable'),
            (["--log-driver", "file:///proc/nowhere/x"], 'log file "/proc/nowhere/x"'),
            (syslog("syslog-address=tcp://127.0.0.1:1"), "dial tcp 127.0.0.1:1: connection refused"),
            (syslog("syslog-address=unix:///nowhere"), "dial unix /nowhere: no such file or directory"),
            (["--log-driver", "journald"], "journald is not enabled on this host"),
        )
    ):
        name = f"idle-{number}"
        cli.ok("create", "--name", name, *flags, busybox_image, "true")
        result = cli("start", name)
        assert result.code == 1
        assert f"failed to initialize logging driver: {sentence}" in result.err
    assert set(cli.ok("ps", "-a", "--format", "{{.State}}").lines) == {"created"}


def test_logs_that_are_kept_elsewhere_can_not_be_read(cli: Cli, busybox_image: str) -> None:
    for driver in ("none", "syslog", "fluentd", f"file://{OWN}/some-log"):
        name = cli.ok("create", "--log-driver", driver, busybox_image, "true").line
        result = cli("logs", name)
        assert result.code == 1
        assert "configured logging driver does not support reading" in result.err
