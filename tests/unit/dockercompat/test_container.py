"""docker's inspect of a container."""

from datetime import UTC, datetime
from typing import Any

from nerdpy.dockercompat.container import ZERO_TIME, EndpointFacts, InspectFacts, inspect_json, time_text
from nerdpy.model.ports import PortMapping

SPEC: dict[str, Any] = {
    "process": {
        "args": ["sleep", "1"],
        "env": ["PATH=/bin", "HOSTNAME=h", "A=b"],
        "cwd": "/w",
        "terminal": False,
    },
    "linux": {"maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"]},
}


def facts(**more: Any) -> InspectFacts:
    values: dict[str, Any] = {
        "container_id": "a" * 64,
        "name": "web",
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
        "image": "nginx",
        "image_id": "sha256:" + "b" * 64,
        "platform": "linux/amd64",
        "snapshotter": "overlayfs",
        "runtime": "io.containerd.runc.v2",
        "labels": {"a": "1"},
        "spec": SPEC,
        "remembered": {"Config": {"Cmd": ["1"], "Entrypoint": ["sleep"]}, "HostConfig": {"Memory": 5}},
        "status": "running",
        "pid": 42,
        "exit_code": 0,
        "error": "",
        "started_at": datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
        "finished_at": None,
        "restart_count": 0,
        "oom_killed": False,
        "hostname": "h",
        "folder_files": {"HostsPath": "/x/hosts"},
        "mounts": [],
        "exposed": ["80/tcp"],
        "published": [PortMapping(container_port=80, host_port=8080, host_ip="0.0.0.0")],
        "endpoints": [EndpointFacts(network="bridge", address="10.4.0.2", prefix_length=24)],
    }
    return InspectFacts(**(values | more))


def test_the_names_are_dockers() -> None:
    value = inspect_json(facts())
    assert value["Name"] == "/web"
    assert (value["Path"], value["Args"]) == ("sleep", ["1"])
    assert (value["Created"], value["State"]["FinishedAt"]) == ("2026-01-02T03:04:05.6Z", ZERO_TIME)
    assert value["State"]["Running"] is True
    assert value["HostsPath"] == "/x/hosts"
    assert value["LogPath"] == ""
    assert "SizeRw" not in value


def test_the_request_is_laid_over_the_defaults() -> None:
    value = inspect_json(facts())
    assert value["HostConfig"]["Memory"] == 5
    assert value["HostConfig"]["ShmSize"] == 64 << 20
    assert value["HostConfig"]["MaskedPaths"] == ["/proc/kcore"]
    assert (value["Config"]["Entrypoint"], value["Config"]["Cmd"]) == (["sleep"], ["1"])


def test_what_the_process_gets_beside_the_request_is_not_shown() -> None:
    assert inspect_json(facts())["Config"]["Env"] == ["PATH=/bin", "A=b"]


def test_ports_and_addresses_of_a_running_container() -> None:
    settings = inspect_json(facts())["NetworkSettings"]
    assert settings["Ports"] == {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}
    assert settings["IPAddress"] == settings["Networks"]["bridge"]["IPAddress"] == "10.4.0.2"


def test_a_container_that_has_ended_publishes_nothing() -> None:
    assert inspect_json(facts(status="exited", exit_code=3))["NetworkSettings"]["Ports"] == {}


def test_a_container_of_somebody_else_is_shown_as_far_as_its_spec_goes() -> None:
    value = inspect_json(facts(remembered={}, name="", endpoints=(), hostname=""))
    assert value["Config"]["Cmd"] == ["sleep", "1"]
    assert value["Name"] == ""
    assert "HOSTNAME=h" in value["Config"]["Env"]


def test_keys_that_scripts_ask_for_are_there_even_where_nothing_is_to_say() -> None:
    value = inspect_json(facts())
    assert value["GraphDriver"] == {"Name": value["Driver"], "Data": None}
    assert value["Config"]["OnBuild"] is None
    assert value["NetworkSettings"]["Networks"]["bridge"]["GwPriority"] == 0


def test_a_time_that_was_never_is_gos_zero() -> None:
    assert time_text(None) == "0001-01-01T00:00:00Z"
