"""inspect: docker's JSON, containerd's own, templates, and how containers are found."""

import json
import re
from pathlib import Path

from tests.integration.container.conftest import Idle, Inspect
from tests.integration.support.cli import Cli

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
KEYS = """AppArmorProfile
Args Config Created Driver ExecIDs HostConfig HostnamePath HostsPath Id Image LogPath
MountLabel Mounts Name NetworkSettings Path Platform ProcessLabel ResolvConfPath RestartCount State"""


def test_a_running_container_in_dockers_words(cli: Cli, idle: Idle, inspected: Inspect) -> None:
    container_id = idle("box", "-p", "7800:80", "-e", "A=b", "--expose", "99", "-v", "vol:/vol")
    found = inspected("box")
    assert set(KEYS.split()) <= set(found)
    assert (found["Id"], found["Name"], found["Platform"]) == (container_id, "/box", "linux")
    assert (found["Path"], found["Args"]) == ("sleep", ["inf"])
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["Image"])
    assert TIME.fullmatch(found["Created"])
    assert TIME.fullmatch(found["State"]["StartedAt"])
    assert found["State"]["FinishedAt"] == "0001-01-01T00:00:00Z"
    pid = found["State"]["Pid"]
    assert Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\0inf\0"
    assert set(found["Config"]["ExposedPorts"]) == {"80/tcp", "99/tcp"}
    ports = found["NetworkSettings"]["Ports"]
    assert ports["99/tcp"] is None
    assert {"HostIp": "0.0.0.0", "HostPort": "7800"} in ports["80/tcp"]
    assert found["NetworkSettings"]["IPAddress"].startswith("10.4.")
    for key in ("HostsPath", "ResolvConfPath", "HostnamePath", "LogPath"):
        assert Path(found[key]).is_file(), key
    assert Path(found["NetworkSettings"]["SandboxKey"]).exists()


def test_host_config_speaks_of_the_request(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    cli.ok("create", "--name", "asked", "--cap-add", "net_admin", "--cap-drop", "CHOWN", "--privileged=false",
           "--read-only", "--dns", "1.1.1.1", "--add-host", "a:1.2.3.4", "--restart", "on-failure:3",
           "--sysctl", "net.core.somaxconn=77", "--ulimit", "nofile=5:6", "--tmpfs", "/t:size=1m", "--pid",
           "host", "--log-opt", "max-size=1m", "--shm-size", "32m", "--security-opt", "no-new-privileges",
           "--device", "/dev/fuse", "--init=false", busybox_image)  # fmt: skip
    host = inspected("asked", ".HostConfig")
    wanted = {
        "CapAdd": ["CAP_NET_ADMIN"], "CapDrop": ["CAP_CHOWN"], "Privileged": False, "ReadonlyRootfs": True,
        "Dns": ["1.1.1.1"], "ExtraHosts": ["a:1.2.3.4"], "Sysctls": {"net.core.somaxconn": "77"},
        "PidMode": "host", "ShmSize": 32 << 20, "SecurityOpt": ["no-new-privileges"], "AutoRemove": False,
    }  # fmt: skip
    assert {key: host[key] for key in wanted} == wanted
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert host["Ulimits"] == [{"Name": "nofile", "Hard": 6, "Soft": 5}]
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m"}}
    assert set(host["Tmpfs"]) == {"/t"}
    assert host["Devices"][0]["PathInContainer"] == "/dev/fuse"
    assert host["NetworkMode"] == "bridge"


def test_containers_are_found_by_name_id_and_prefix(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    first = cli.ok("create", "--name", "first", busybox_image).line
    second = cli.ok("create", "--name", first[:6], busybox_image).line
    assert inspected("first", ".Id") == inspected("/first", ".Id") == inspected(first, ".Id") == first
    assert inspected(first[:12], ".Id") == first
    assert inspected(first[:6], ".Id") == second, "a name wins over a prefix"
    cli.ok("rm", first[:6])
    assert inspected(first[:6], ".Id") == first
    for number in range(17):
        cli.ok("create", "--name", f"more{number}", busybox_image)
        ids = cli.ok("ps", "-aq", "--no-trunc").lines
        if len({one[0] for one in ids}) < len(ids):
            break
    shared = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    refused = cli("container", "inspect", shared)
    assert refused.code == 1
    assert "multiple" in refused.err
    for odd in ("../etc", "a b", '"', "*"):
        missing = cli("container", "inspect", odd)
        assert missing.code == 1, odd
        assert f"No such container: {odd}" in missing.err


def test_what_is_missing_leaves_valid_json(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "here", busybox_image)
    some = cli("container", "inspect", "missing", "here")
    assert some.code == 1
    assert [one["Name"] for one in some.json] == ["/here"]
    assert "No such container: missing" in some.err
    none = cli("container", "inspect", "missing")
    assert (none.code, none.json) == (1, [])


def test_templates_reach_every_value(cli: Cli, idle: Idle) -> None:
    container_id = idle("box", "-l", "a.b=c d", "-p", "7801:80")
    for template, text in (
        ("{{.Id}}", container_id),
        ("{{.ID}}", container_id),
        ("{{.Name}}", "/box"),
        ("{{json .Config.Cmd}}", '["sleep","inf"]'),
        ('{{index .Config.Labels "a.b"}}', "c d"),
        ("{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}", "bridge"),
        ('{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', "7801"),
        ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
        ("{{.State.Status | upper}} {{len .Mounts}}", "RUNNING 0"),
        ('{{printf "%d" .HostConfig.ShmSize}}', "67108864"),
    ):
        assert cli.ok("inspect", "-f", template, "box").line == text, template
    assert json.loads(cli.ok("inspect", "--format", "json", "box").line)["Id"] == container_id
    bad = cli("inspect", "-f", "{{.NoSuchKey.Below}}", "box")
    assert bad.code in {1, 64}


def test_sizes_and_the_native_mode(cli: Cli, idle: Idle) -> None:
    container_id = idle("box")
    (plain,), (sized,) = cli.ok("inspect", "box").json, cli.ok("container", "inspect", "-s", "box").json
    assert "SizeRw" not in plain
    assert sized["SizeRootFs"] > 500_000 > sized["SizeRw"] >= 0
    (native,) = cli.ok("container", "inspect", "--mode", "native", "box").json
    assert (native["ID"], native["Snapshotter"]) == (container_id, "overlayfs")
    assert native["Spec"]["process"]["args"] == ["sleep", "inf"]
    assert native["Labels"]["nerdctl/name"] == "box"
    assert cli("container", "inspect", "--mode", "odd", "box").code != 0


def test_an_ended_container_tells_how_it_ended(cli: Cli, busybox_image: str, inspected: Inspect) -> None:
    assert cli("run", "--name", "ended", busybox_image, "sh", "-c", "exit 3").code == 3
    found = inspected("ended")
    state = found["State"]
    assert (state["Status"], state["ExitCode"], state["Pid"], state["Error"]) == ("exited", 3, 0, "")
    assert state["StartedAt"] <= state["FinishedAt"]
    assert TIME.fullmatch(state["FinishedAt"])
    assert (found["NetworkSettings"]["IPAddress"], found["NetworkSettings"]["Ports"]) == ("", {})
