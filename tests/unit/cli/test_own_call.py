"""Calls that nerdpy's monitor makes are read without a parser; all others are not."""

import subprocess
import sys
from pathlib import Path

import pytest

from nerdpy.cli.lazy import find
from nerdpy.cli.own_call import CALLS, read_own_call
from nerdpy.config import Config
from nerdpy.container.monitoring import nerdpy_command

ROOT = Path(__file__).parents[3]
CONFIG = Config(
    address="/run/c.sock", namespace="n", data_root="/d", cni_path="/p=q", bridge_ip="10.1.0.1/16"
)


def test_what_the_monitor_is_told_to_call_is_understood() -> None:
    words = nerdpy_command(CONFIG)[3:]
    flags = {
        "address": "/run/c.sock",
        "namespace": "n",
        "data_root": "/d",
        "snapshotter": "overlayfs",
        "cni_netconfpath": "/etc/cni/net.d",
        "cni_path": "/p=q",
        "bridge_ip": "10.1.0.1/16",
    }
    assert read_own_call([*words, "internal", "exited", "ID"]) == (flags, "exited", ["ID"])
    assert read_own_call([*words, "internal", "probe", "ID", "1-2"]) == (flags, "probe", ["ID", "1-2"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ps",
        "internal",
        "internal surface",
        "internal exited",
        "internal exited a b",
        "internal exited --help",
        "internal probe --help x",
        "internal probe a",
        "--debug internal exited a",
        "--address /x internal exited a",
        "-n=x internal exited a",
        "--log-level=debug internal exited a",
        "run internal exited",
        "exec internal exited a",
    ],
)
def test_what_anybody_else_may_type_is_left_to_the_parser(line: str) -> None:
    assert read_own_call(line.split()) is None


def test_each_call_is_a_command() -> None:
    for name in CALLS:
        assert find(["internal", name])


@pytest.mark.may_run
@pytest.mark.parametrize("words", ["exited x", "probe x 1-2"])
def test_such_a_call_loads_neither_the_parser_nor_asyncio(words: str) -> None:
    call = ["--address=/nowhere", "--data-root=/nowhere", "internal", *words.split()]
    program = f"import sys; from nerdpy.cli.main import run; run({call!r}); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = set(done.stdout.split())
    assert "no containerd answers" in done.stderr
    assert names & {"typer", "asyncio", "grpc.aio", "rich", "urllib.request"} == set()
