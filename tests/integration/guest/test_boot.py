"""What systemd does to containers: its journal, its restarts of containerd, and a reboot."""

import json

from hack.guest.machine import Guest
from tests.integration.guest.conftest import SLOW, Nerdpy, insist
from tests.integration.support.waiting import eventually

SERVE = "mkdir -p /w; hostname > /w/index.html; trap 'exit 0' TERM; httpd -f -p 80 -h /w & wait"
SERVER = ("busybox", "sh", "-c", SERVE)
FETCH = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:{port}/').read().decode())"


def page(guest: Guest, port: int) -> str:
    return guest.run("python3", "-c", FETCH.format(port=port)).out.strip()


def state(nerdpy: Nerdpy, container: str) -> str:
    return nerdpy("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", container).out.strip()


def test_containers_outlive_containerd_and_their_ends_are_noticed(guest: Guest, nerdpy: Nerdpy) -> None:
    name = nerdpy("run", "-d", "--name", "web", "-p", "8080:80", *SERVER).out[:12]
    nerdpy("run", "-d", "--rm", "--name", "brief", "busybox", "sleep", "inf")
    eventually(lambda: page(guest, 8080) == name, seconds=SLOW)
    insist(guest, "systemctl", "restart", "containerd")
    assert page(guest, 8080) == name
    insist(guest, "pkill", "-9", "-x", "sleep")
    eventually(lambda: nerdpy("ps", "-a", "--format", "{{.Names}}").lines == ["web"], seconds=SLOW)
    nerdpy("stop", "web")
    assert state(nerdpy, "web") == "exited 0"
    assert page(guest, 8080) == ""


def test_a_log_in_the_journal_is_there_for_all(guest: Guest, nerdpy: Nerdpy) -> None:
    nerdpy("run", "--name", "talker", "--log-driver", "journald", "--log-opt", "tag=t-{{.Name}}", "busybox",
           "sh", "-c", "echo one; echo two >&2")  # fmt: skip
    eventually(lambda: nerdpy("logs", "talker").lines == ["one"], seconds=SLOW)
    said = insist(guest, "journalctl", "-o", "json", "CONTAINER_NAME=talker").lines
    rows = [json.loads(line) for line in said]
    assert sorted(row["MESSAGE"] for row in rows) == ["one", "two"]
    assert {row["SYSLOG_IDENTIFIER"] for row in rows} == {"t-talker"}


def test_a_reboot_ends_everything_and_brings_back_what_shall_come_back(guest: Guest, nerdpy: Nerdpy) -> None:
    nerdpy("run", "-d", "--name", "always", "--restart", "always", "-p", "8081:80", *SERVER)
    nerdpy("run", "-d", "--name", "stopped", "--restart", "unless-stopped", *SERVER)
    nerdpy("run", "-d", "--name", "once", "-p", "8082:80", *SERVER)
    nerdpy("run", "-d", "--rm", "--name", "brief", *SERVER)
    nerdpy("stop", "stopped")
    guest.reboot()
    eventually(lambda: guest.run("ctr", "version").code == 0, seconds=SLOW)
    eventually(lambda: state(nerdpy, "always") == "running 0", seconds=SLOW)
    eventually(lambda: len(page(guest, 8081)) == 12, seconds=SLOW)
    assert sorted(nerdpy("ps", "-a", "--format", "{{.Names}}").lines) == ["always", "once", "stopped"]
    assert state(nerdpy, "once").startswith("exited")
    assert state(nerdpy, "stopped").startswith("exited")
    nerdpy("start", "once")
    eventually(lambda: len(page(guest, 8082)) == 12, seconds=SLOW)
