"""stats: what is shown, against what the container does."""

import json
import re
import signal

from tests.integration.conftest import PtyCli
from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


def stat(cli: Cli, *words: str) -> dict[str, str]:
    row: dict[str, str] = json.loads(cli.ok("stats", "--no-stream", "--format", "json", *words).line)
    return row


def test_one_look_has_dockers_columns_and_fields(cli: Cli, idle: Idle) -> None:
    container_id = idle("web", "-m", "64m")
    header, row = cli.ok("stats", "--no-stream").lines
    assert re.split(r" {2,}", header) == [
        "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS",
    ]  # fmt: skip
    assert row.split()[:2] == [container_id[:12], "web"]
    found = stat(cli, "web")
    assert list(found) == [
        "BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO", "PIDs",
    ]  # fmt: skip
    assert (found["Container"], found["ID"], found["PIDs"]) == ("web", container_id[:12], "1")
    assert re.fullmatch(r"[\d.]+(KiB|MiB) / 64MiB", found["MemUsage"])
    assert re.fullmatch(r"[\d.]+%", found["MemPerc"])
    assert stat(cli, "--no-trunc", "web")["ID"] == container_id
    text = cli.ok("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").line
    assert text.startswith("web ")
    assert "PIDS" in cli.ok("stats", "--no-stream", "--format", "table {{.PIDs}}\t{{.Name}}").lines[0]


def test_processor_memory_processes_and_traffic_are_the_containers(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "busy", "--cpus", "0.3", "--tmpfs", "/t", busybox_image, "sh", "-c",
           "head -c 20000000 /dev/urandom > /t/x; sleep inf & while :; do :; done")  # fmt: skip

    def burns() -> bool:
        found = stat(cli, "busy")
        cpu = float(found["CPUPerc"].rstrip("%"))
        memory = float(found["MemUsage"].split("MiB")[0]) if "MiB /" in found["MemUsage"] else 0
        return 15 < cpu < 45 and memory > 19 and found["PIDs"] == "2"

    eventually(burns, seconds=30)
    received, sent = stat(cli, "busy")["NetIO"].split(" / ")
    assert received != "0B"
    cli.ok("run", "-d", "--name", "host", "--network", "host", busybox_image, "sleep", "inf")
    assert stat(cli, "host")["NetIO"] == "0B / 0B"


def test_only_what_runs_is_shown_unless_all_is_meant(cli: Cli, idle: Idle, busybox_image: str) -> None:
    idle("up")
    idle("frozen")
    cli.ok("pause", "frozen")
    cli.ok("create", "--name", "fresh", busybox_image)
    names = ("stats", "--no-stream", "--format", "{{.Name}}")
    assert cli.ok(*names).lines == ["frozen", "up"]
    assert cli.ok(*names, "-a").lines == ["fresh", "frozen", "up"]
    assert stat(cli, "fresh")["MemUsage"] == "0B / 0B"
    missing = cli("stats", "--no-stream", "nobody")
    assert (missing.code, "No such container: nobody" in missing.err) == (1, True)


def test_a_stream_shows_containers_come_and_go(cli: Cli, idle: Idle) -> None:
    idle("first")
    stream = cli.start("stats", "--format", "{{.Name}} {{.CPUPerc}}")
    assert stream.stdout is not None
    seen: list[str] = []

    def next_line() -> str:
        assert stream.stdout is not None
        seen.append(stream.stdout.readline().decode().split()[0])
        return seen[-1]

    try:
        assert next_line() == "first"
        idle("second")
        eventually(lambda: next_line() == "second")
        cli.ok("rm", "-f", "first")
        eventually(lambda: (next_line(), next_line()) == ("second", "second"))
    finally:
        stream.send_signal(signal.SIGINT)
        stream.communicate(timeout=10)
    assert stream.returncode == -signal.SIGINT


def test_named_containers_that_are_all_gone_end_the_stream(cli: Cli, idle: Idle) -> None:
    idle("first")
    stream = cli.start("stats", "first")
    assert stream.stdout is not None
    assert stream.stdout.readline().startswith(b"CONTAINER ID")
    cli.ok("rm", "-f", "first")
    stream.communicate(timeout=10)
    assert stream.returncode == 0


def test_a_terminal_is_redrawn_in_place_and_left_in_order(cli: Cli, idle: Idle, pty_cli: PtyCli) -> None:
    idle("web")
    terminal = pty_cli("stats")
    terminal.setwinsize(24, 160)
    for _ in range(3):
        terminal.expect("\x1b\\[\\?25l")
        terminal.expect("web .*\x1b\\[K")
        terminal.expect("\x1b\\[J\x1b\\[\\?25h")
    terminal.expect("CPU, LAST MINUTE")
    terminal.expect("▁")
    terminal.sendcontrol("c")
    assert terminal.finish() == -signal.SIGINT
