"""run: devices of the Container Device Interface, and GPUs by it."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.container.conftest import Inside, Inspect
from tests.integration.support.cli import Cli

ETC, RUN = Path("/etc/cdi"), Path("/var/run/cdi")
Describe = Callable[..., Path]


@pytest.fixture
def describe(cli: Cli) -> Iterator[Describe]:
    """`describe("x.json", {...edits}, folder=ETC)`: a file for the device vendor.com/class=one."""
    folders = {ETC, RUN}

    def write(
        name: str, edits: Any, *, folder: Path = ETC, kind: str = "vendor.com/class", **more: Any
    ) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        folders.add(folder)
        devices = edits if isinstance(edits, list) else [{"name": "one", "containerEdits": edits}]
        body = {**{"cdiVersion": "1.0.0", "kind": kind, "devices": devices}, **more}
        path = folder / name
        path.write_text(json.dumps(body))  # YAML too: JSON is a part of it
        return path

    yield write
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def test_every_edit_reaches_the_container(inside: Inside, describe: Describe, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/driver.so").write_text("driver\n")
    hook = tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\ncat > {tmp_path}/state\necho "$1 $WORD" > {tmp_path}/told\n')
    hook.chmod(0o755)
    describe(
        "vendor.yaml",
        {
            "env": ["DEVICE=one", "SHARED=device"],
            "deviceNodes": [
                {"path": "/dev/v/zero", "hostPath": "/dev/zero", "fileMode": 0o640, "uid": 7, "gid": 8},
                {"path": "/dev/v/made", "type": "c", "major": 1, "minor": 5},
            ],
            "mounts": [{"hostPath": f"{tmp_path}/lib", "containerPath": "/lib/v", "options": ["ro", "bind"]}],
            "additionalGids": [4321],
            "hooks": [
                {"hookName": "createRuntime", "path": f"{hook}", "args": ["x", "said"], "env": ["WORD=it"]},
            ],
        },
        containerEdits={"env": ["FILE=all", "SHARED=file"]},
    )  # fmt: skip
    script = (
        "echo $DEVICE $FILE $SHARED; stat -c '%t:%T %a %u:%g' /dev/v/zero; head -c1 /dev/v/zero | wc -c; "
        "head -c1 /dev/v/made | wc -c; cat /lib/v/driver.so; "
        "(: > /lib/v/x) 2>/dev/null || echo read-only; id -G"
    )
    found = inside(script, "--device", "vendor.com/class=one", "--annotation", "org.example.a=b")
    assert found[:-1] == ["one all device", "1:5 640 7:8", "1", "1", "driver", "read-only"]
    assert "4321" in found[-1].split()
    assert (tmp_path / "told").read_text() == "said it\n"
    state = json.loads((tmp_path / "state").read_text())
    assert state["annotations"]["org.example.a"] == "b"


def test_a_device_without_write_permission_cannot_be_written(inside: Inside, describe: Describe) -> None:
    node = {"path": "/dev/v", "hostPath": "/dev/loop-control", "permissions": "r"}
    describe("v.json", {"deviceNodes": [node]})
    script = "(: < /dev/v) && echo read; (: > /dev/v) 2>/dev/null || echo no-write"
    assert inside(script, "--device", "vendor.com/class=one") == ["read", "no-write"]


def test_the_later_folder_wins_and_its_own_conflicts_count(
    cli: Cli, inside: Inside, describe: Describe, busybox_image: str
) -> None:
    describe("a.json", {"env": ["WHO=etc"]})
    assert inside("echo $WHO", "--device", "vendor.com/class=one") == ["etc"]
    described = describe("b.json", {"env": ["WHO=run"]}, folder=RUN)
    assert inside("echo $WHO", "--device", "vendor.com/class=one") == ["run"]
    twin = describe("c.yaml", {"env": ["WHO=twin"]}, folder=RUN)
    refused = cli("run", "--rm", "--device", "vendor.com/class=one", busybox_image, "true")
    assert refused.code == 125
    assert f'"vendor.com/class=one" is described twice: {described} and {twin}' in refused.err


def test_other_folders_can_be_named(cli: Cli, describe: Describe, busybox_image: str, tmp_path: Path) -> None:
    describe("a.json", {"env": ["WHO=here"]}, folder=tmp_path / "cdi")
    words = ("run", "--rm", "--device", "vendor.com/class=one", busybox_image, "sh", "-c", "echo $WHO")
    assert cli.ok("--cdi-spec-dirs", f"{tmp_path}/none,{tmp_path}/cdi", *words).line == "here"


def test_gpus_are_devices_of_the_vendor_that_is_there(
    cli: Cli, inside: Inside, inspected: Inspect, describe: Describe, busybox_image: str
) -> None:
    gpus = [{"name": name, "containerEdits": {"env": [f"GPU_{name}=yes"]}} for name in ("0", "1", "all")]
    describe("amd.json", gpus, kind="amd.com/gpu")
    script = "env | grep ^GPU_ | sort"
    assert inside(script, "--gpus", "all") == ["GPU_all=yes"]
    assert inside(script, "--gpus", "2") == ["GPU_0=yes", "GPU_1=yes"]
    assert inside(script, "--gpus", "device=1") == ["GPU_1=yes"]
    cli.ok("create", "--name", "gpus", "--gpus", "all", busybox_image)
    (request,) = inspected("gpus", ".HostConfig.DeviceRequests")
    assert (request["Count"], request["Capabilities"]) == (-1, [["gpu"]])
    refused = cli("run", "--rm", "--gpus", "3", busybox_image, "true")
    assert refused.code == 125
    assert '"amd.com/gpu=2" does not exist' in refused.err
    assert "amd.com/gpu=0" in refused.err


def test_what_is_missing_is_named_with_its_generator(
    cli: Cli, describe: Describe, busybox_image: str
) -> None:
    for flags in (("--gpus", "all"), ("--device", "nvidia.com/gpu=0")):
        refused = cli("run", "--rm", *flags, busybox_image, "true")
        assert refused.code == 125
        assert "no CDI file in /etc/cdi or /var/run/cdi describes" in refused.err
        assert "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml" in refused.err
    broken = describe("nvidia.yaml", {"env": ["A"]}, kind="nvidia.com/gpu")
    refused = cli("run", "--rm", "--gpus", "all", busybox_image, "true")
    assert refused.code == 125
    assert f'{broken} is invalid: env "A" is not NAME=VALUE' in refused.err
    broken.write_text("{")
    refused = cli("run", "--rm", "--gpus", "all", busybox_image, "true")
    assert f"{broken} is invalid: it is not yaml" in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_a_broken_file_of_others_is_no_obstacle(inside: Inside, describe: Describe) -> None:
    describe("z.json", {"colour": 1}, kind="other.com/thing")
    describe("a.json", {"env": ["WHO=fine"]})
    assert inside("echo $WHO", "--device", "vendor.com/class=one") == ["fine"]


def test_a_network_device_needs_a_runtime_that_moves_it(
    cli: Cli, describe: Describe, busybox_image: str
) -> None:
    describe("n.json", {"netDevices": [{"hostInterfaceName": "lo", "name": "x"}]}, cdiVersion="1.1.0")
    refused = cli("run", "--rm", "--device", "vendor.com/class=one", busybox_image, "true")
    assert refused.code == 125
    assert "network interface" in refused.err
