"""nerdpy's own containerd: started by the first command that needs one, or by hand."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.conftest import PtyCli
from tests.integration.support.cli import NERDPY, Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually
from tests.integration.system.conftest import ADDRESS, Fresh

STARTING = "no containerd is running: starting nerdpy's own"


def test_the_first_command_starts_an_engine_says_so_in_one_line_and_goes_on(fresh: Fresh) -> None:
    first = fresh.ok("info", "--format", "{{.Containerd.Address}}")
    assert first.line == ADDRESS
    assert len(first.err.splitlines()) == 1
    assert STARTING in first.err
    assert fresh.ok("info", "--format", "{{.Containerd.Address}}").err == ""


def test_of_many_first_commands_one_starts_the_engine_and_the_others_wait(fresh: Fresh) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: fresh("info", "-f", "{{.Containerd.Address}}"), range(8)))
    assert [result.out for result in results] == [ADDRESS + "\n"] * 8
    assert sum(STARTING in result.err for result in results) == 1
    assert len(fresh.processes()) == 1


def test_a_named_address_is_never_replaced_by_another_engine(fresh: Fresh) -> None:
    result = fresh("--address", "/run/nobody.sock", "info")
    assert result.code == 1
    assert 'no containerd answers at "/run/nobody.sock"' in result.err
    assert fresh.processes() == []


def test_auto_start_can_be_switched_off(fresh: Fresh) -> None:
    result = fresh("info", env={"NERDPY_AUTO_START": "false"})
    assert result.code == 1
    assert "auto_start is off" in result.err
    assert "nerdpy system start" in result.err
    assert fresh.processes() == []


def test_without_containerd_the_error_says_how_to_install_it(
    fresh: Fresh, instead_of_containerd: Path
) -> None:
    instead_of_containerd.chmod(0o644)
    result = fresh("info")
    assert result.code == 1
    assert "containerd not found on PATH" in result.err
    assert "hint: install it: `apt-get install containerd" in result.err


def test_a_containerd_that_is_too_old_is_refused_by_its_version(
    fresh: Fresh, instead_of_containerd: Path
) -> None:
    instead_of_containerd.write_text("#!/bin/sh\necho containerd github.com/containerd/containerd 1.6.20\n")
    result = fresh("info")
    assert result.code == 1
    assert "is version 1.6: nerdpy needs 1.7 or newer" in result.err


def test_an_engine_that_dies_at_its_start_is_quoted(fresh: Fresh, instead_of_containerd: Path) -> None:
    instead_of_containerd.write_text(
        "#!/bin/sh\n"
        '[ "$1" = --version ] && { echo containerd x 2.1.9; exit; }\n'
        'echo "no space left" >&2; exit 1\n'
    )
    result = fresh("info")
    assert result.code == 1
    assert "containerd ended while it was being started: no space left" in result.err
    assert "the engine's log is /var/lib/nerdpy/engine/containerd.log" in result.err


def test_an_engine_whose_starter_was_killed_is_found_again(
    fresh: Fresh, real_containerd: Path, instead_of_containerd: Path
) -> None:
    instead_of_containerd.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || sleep 1.5\nexec {real_containerd} "$@"\n'
    )
    first = fresh.cli.start("info")
    eventually(fresh.processes, what="the engine is being started")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert fresh.ok("info", "-f", "{{.Containerd.Address}}").err == ""
    assert len(fresh.processes()) == 1


def test_the_engine_survives_the_terminal_it_was_started_from(fresh: Fresh, pty_cli: PtyCli) -> None:
    terminal = pty_cli("system", "start", env={"NERDPY_ADDRESS": ""})
    assert terminal.finish() == 0
    assert STARTING in terminal.screen
    assert os.getsid(fresh.pid) == fresh.pid


def test_the_engine_gets_nothing_of_the_users_environment_but_proxies(fresh: Fresh) -> None:
    fresh.ok("system", "start", env={"SECRET": "word", "https_proxy": "http://proxy.example"})
    environment = Path(f"/proc/{fresh.pid}/environ").read_bytes().decode().split("\0")
    names = {text.partition("=")[0] for text in environment if text}
    assert names <= {"PATH", "PWD", "https_proxy", "OLDPWD", "SHLVL", "_"}
    assert "/usr/sbin" in next(text for text in environment if text.startswith("PATH="))


def test_the_systems_containerd_comes_first_and_is_left_alone(fresh: Fresh) -> None:
    system = PrivateEngine(Path("/run/containerd"))
    Path("/run/containerd").mkdir(exist_ok=True)
    system.start()
    Path("/run/containerd/containerd.sock").symlink_to(system.address)
    try:
        assert fresh.status()["Kind"] == "system"
        assert fresh.ok("info", "-f", "{{.Containerd.Address}}").line == "/run/containerd/containerd.sock"
        fresh.ok("system", "stop")
        assert fresh.ok("info", "-f", "{{.Containerd.Address}}").err == ""
    finally:
        system.remove()


def test_a_socket_that_we_may_not_use_is_an_error_of_its_own(cli: Cli, tmp_path: Path) -> None:
    with subprocess.Popen(["python3", "-c", _LISTEN, tmp_path / "s"], stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        listener.stdout.readline()
        os.chown(tmp_path / "s", 65534, 65534)
        drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        done = subprocess.run(
            [*drop, *NERDPY, "--address", tmp_path / "s", "info"],
            env=cli.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        listener.kill()
    assert done.returncode == 1
    assert "no permission to use containerd's socket" in done.stderr
    assert "hint: run nerdpy as root (sudo)" in done.stderr


_LISTEN = """
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); os.chmod(sys.argv[1], 0o600)
print("ready", flush=True); time.sleep(60)
"""


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "/etc/passwd", "/" + "x" * 200])
def test_an_address_that_is_no_socket_is_refused(cli: Cli, address: str) -> None:
    result = cli("--address", address, "info")
    assert result.code in {1, 125}
    assert "internal error" not in result.err
    assert result.err.startswith("nerdpy: ")
