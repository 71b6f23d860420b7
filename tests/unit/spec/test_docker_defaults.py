"""The spec of a plain container, key by key, against what docker's daemon 28 makes of the same (moby).

Each difference has its reason beside it.
"""

from typing import Any

import pytest

from nerdpy.spec.build import build_spec
from tests.unit.spec.samples import FACTS, asked

_NAMES = """
CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL
AUDIT_WRITE
"""
CAPABILITIES = [f"CAP_{name}" for name in _NAMES.split()]
MOUNTS = {
    "/proc": ("proc", "proc", {"nosuid", "noexec", "nodev"}),
    "/dev": ("tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
    "/dev/pts": (
        "devpts",
        "devpts",
        {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"},
    ),
    "/sys": ("sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
    "/sys/fs/cgroup": ("cgroup", "cgroup", {"nosuid", "noexec", "nodev", "ro"}),
    "/dev/mqueue": ("mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
    "/dev/shm": ("tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=67108864"}),
}
_MASKED = """
/proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/sched_debug
/proc/scsi /proc/timer_list /proc/timer_stats /sys/devices/virtual/powercap /sys/firmware
"""
_READ_ONLY = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger"
MASKED, READ_ONLY = set(_MASKED.split()), set(_READ_ONLY.split())
ALLOWED = {(1, 5), (1, 3), (1, 9), (1, 8), (5, 0), (5, 1)}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return build_spec(asked(), FACTS)


def test_nothing_stands_beside_dockers_keys(spec: dict[str, Any]) -> None:
    assert set(spec) == {"ociVersion", "process", "root", "mounts", "linux", "hostname"}
    assert set(spec["linux"]) == {
        *("namespaces", "resources", "devices", "maskedPaths", "readonlyPaths", "cgroupsPath", "sysctl"),
        "seccomp",
    }
    assert set(spec["process"]) == {
        *("terminal", "user", "args", "env", "cwd", "capabilities", "noNewPrivileges", "oomScoreAdj"),
    }


def test_the_process_is_dockers(spec: dict[str, Any]) -> None:
    process = spec["process"]
    assert process["capabilities"] == dict.fromkeys(("bounding", "effective", "permitted"), CAPABILITIES)
    assert process["env"][:2] == ["PATH=/opt/bin:/bin", f"HOSTNAME={FACTS.hostname}"]  # the image's own PATH
    assert (process["noNewPrivileges"], process["oomScoreAdj"], process["terminal"]) == (False, 0, False)
    assert process["user"] == {"uid": 0, "gid": 0, "additionalGids": [0]}  # CVE-2023-25173
    assert spec["root"]["readonly"] is False


def test_the_mounts_are_dockers(spec: dict[str, Any]) -> None:
    found = {
        mount["destination"]: (mount["type"], mount["source"], set(mount["options"]))
        for mount in spec["mounts"]
    }
    assert found == MOUNTS  # without `rw`, which is the default of each


def test_the_confinement_is_dockers(spec: dict[str, Any]) -> None:
    linux = spec["linux"]
    assert set(linux["maskedPaths"]) == MASKED
    assert set(linux["readonlyPaths"]) == READ_ONLY
    kinds = {entry["type"]: entry.get("path", "") for entry in linux["namespaces"]}
    assert set(kinds) == {"mount", "network", "uts", "pid", "ipc", "cgroup"}
    assert [kind for kind, path in kinds.items() if path] == ["network"]  # pinned, to be joined by its path
    assert linux["sysctl"] == {
        "net.ipv4.ip_unprivileged_port_start": "0",
        "net.ipv4.ping_group_range": "0 2147483647",
    }
    assert "apparmorProfile" not in spec["process"]


def test_the_devices_are_dockers(spec: dict[str, Any]) -> None:
    first, *rules = spec["linux"]["resources"]["devices"]
    assert first == {"allow": False, "access": "rwm"}
    assert {(rule["major"], rule["minor"]) for rule in rules if rule["allow"]} == ALLOWED
    assert [(rule["major"], rule["minor"]) for rule in rules if not rule["allow"]] == [(10, 229)]
    assert spec["linux"]["devices"] == []
    assert set(spec["linux"]["resources"]) == {"devices"}  # nobody set a limit


def test_a_privileged_one_is_dockers() -> None:
    from nerdpy.model.options import SecurityOptions

    spec = build_spec(asked(security=SecurityOptions(privileged=True)), FACTS)
    linux = spec["linux"]
    assert not {"maskedPaths", "readonlyPaths", "seccomp"} & set(linux)
    assert linux["resources"]["devices"] == [{"allow": True, "access": "rwm"}]
    options = {mount["destination"]: mount["options"] for mount in spec["mounts"]}
    assert "ro" not in options["/sys"]
    assert "ro" not in options["/sys/fs/cgroup"]
    assert len(spec["process"]["capabilities"]["bounding"]) > len(CAPABILITIES)
