"""`system status`: which engine, and how it is."""

from pathlib import Path

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.system.conftest import ADDRESS, Fresh


def test_a_stopped_engine_exits_3(fresh: Fresh) -> None:
    result = fresh("system", "status")
    assert result.code == 3
    assert result.lines[0] == "State:    stopped"
    assert fresh.processes() == []


def test_a_running_engine_tells_address_pid_version_uptime_and_log(fresh: Fresh) -> None:
    fresh.ok("system", "start")
    seen = fresh.status()
    assert (seen["Running"], seen["Kind"], seen["Address"]) == (True, "daemon", ADDRESS)
    assert Path(f"/proc/{seen['Pid']}/comm").read_text() == "containerd\n"
    assert str(seen["Version"]).startswith(("1.", "2."))
    assert Path(str(seen["Log"])).read_text()
    text = fresh.ok("system", "status").out
    for name in ("State:", "Address:", "PID:", "Version:", "Uptime:", "Log:"):
        assert name in text


def test_a_named_engine_is_looked_at_too(cli: Cli, engine: PrivateEngine) -> None:
    assert engine.process is not None
    result = cli.ok("system", "status", "--format", "{{.Kind}} {{.Pid}} {{.Address}}")
    assert result.line == f"named {engine.process.pid} {engine.address}"
