"""--ulimit, --device, --sysctl, --cap-add, --cpus, --cpuset-*, --detach-keys and --security-opt."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.capabilities import KNOWN, parse_capabilities, parse_capability
from nerdpy.model.cpu import parse_cpus, parse_cpuset
from nerdpy.model.detach_keys import parse_detach_keys
from nerdpy.model.device import parse_device
from nerdpy.model.options import DeviceRequest, Ulimit
from nerdpy.model.security_opt import parse_security_opts, split_security_opt
from nerdpy.model.sysctl import is_of_ipc, is_of_network, parse_sysctl
from nerdpy.model.ulimit import parse_ulimit


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("nofile=1024", (1024, 1024)),
        ("nofile=1024:2048", (1024, 2048)),
        ("nofile=-1", (-1, -1)),
        ("nofile=-1:-1", (-1, -1)),
        ("nofile=5:-1", (5, -1)),
        ("core=0", (0, 0)),
    ],
)
def test_a_ulimit_is_soft_and_hard(text: str, limits: tuple[int, int]) -> None:
    assert parse_ulimit(text) == Ulimit(name=text.partition("=")[0], soft=limits[0], hard=limits[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nofile", "invalid ulimit"),
        ("nofile=", "whole number"),
        ("nofile=a", "whole number"),
        ("nofile=1:2:3", "whole number"),
        ("nofile=1:", "whole number"),
        ("nofile=0x10", "whole number"),
        ("nofile=-2", "whole number"),
        ("foo=1", 'ulimit type "foo"'),
        ("NOFILE=1", 'ulimit type "NOFILE"'),
        ("=1", "ulimit type"),
        ("nofile=2048:1024", "soft limit"),
        ("nofile=-1:5", "soft limit"),
    ],
)
def test_a_malformed_ulimit_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_ulimit(text)


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("/dev/a", ("/dev/a", "/dev/a", "rwm")),
        ("/dev/a:/dev/b", ("/dev/a", "/dev/b", "rwm")),
        ("/dev/a:rw", ("/dev/a", "/dev/a", "rw")),
        ("/dev/a:/dev/b:r", ("/dev/a", "/dev/b", "r")),
        ("/dev/a:/dev/b:mw", ("/dev/a", "/dev/b", "mw")),
    ],
)
def test_a_device_is_two_paths_and_permissions(text: str, device: tuple[str, str, str]) -> None:
    assert parse_device(text) == DeviceRequest(host=device[0], container=device[1], permissions=device[2])


def test_a_device_may_be_a_name_of_the_container_device_interface() -> None:
    assert parse_device("nvidia.com/gpu=all") == DeviceRequest(cdi="nvidia.com/gpu=all")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "bad format"),
        ("dev/a", "not absolute"),
        ("foo", "not absolute"),
        ("/dev/a:b", "not absolute"),
        ("/dev/a:rwmm", "not absolute"),
        ("/dev/a::r", "not absolute"),
        ("/dev/a:/dev/b:x", "bad device permissions"),
        ("/dev/a:/dev/b:rr", "bad device permissions"),
        ("/dev/a:/dev/b:r:w", "bad format"),
    ],
)
def test_a_malformed_device_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_device(text)


@pytest.mark.parametrize("key", ["net.core.somaxconn", "kernel.shmmax", "fs.mqueue.msg_max", "kernel.sem"])
def test_a_sysctl_of_the_containers_own_namespaces_may_be_set(key: str) -> None:
    assert parse_sysctl(f"{key}=1=2") == (key, "1=2")
    assert is_of_network(key) or is_of_ipc(key)


@pytest.mark.parametrize(
    "text", ["a=b", "a", "=b", "net.a", "kernel.panic=1", "vm.swappiness=1", "fs.mqueue=1"]
)
def test_other_sysctls_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is not allowed"):
        parse_sysctl(text)


@pytest.mark.parametrize("text", ["net_admin", "NET_ADMIN", "CAP_NET_ADMIN", "cap_net_admin", " net_admin "])
def test_a_capability_has_one_name(text: str) -> None:
    assert parse_capability(text) == "CAP_NET_ADMIN"


def test_capabilities_are_sorted_and_single() -> None:
    assert parse_capabilities(["sys_time", "all", "NET_RAW", "cap_net_raw"]) == (
        "ALL",
        "CAP_NET_RAW",
        "CAP_SYS_TIME",
    )
    assert (KNOWN.index("CAP_SYS_ADMIN"), KNOWN.index("CAP_CHECKPOINT_RESTORE")) == (21, 40)


@pytest.mark.parametrize("text", ["foo", "", "CAP_ALL", "a,b"])
def test_an_unknown_capability_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="unknown capability"):
        parse_capability(text)


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("1.5", 150_000),
        ("0.01", 1_000),
        (".5", 50_000),
        ("2.", 200_000),
        ("1/2", 50_000),
        ("1e1", 1_000_000),
        ("0", 0),
        ("0.000", 0),
        ("0.333333333", 33_333),
    ],
)
def test_cpus_become_microseconds_of_quota(text: str, quota: int) -> None:
    assert parse_cpus(text) == quota


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a number"),
        ("foo", "not a number"),
        (".", "not a number"),
        ("1/0", "not a number"),
        ("-1", "cannot be negative"),
        ("1.0000000001", "too precise"),
        ("1/3", "too precise"),
        ("0.001", "too few"),
        ("0.000000001", "too few"),
    ],
)
def test_malformed_cpus_are_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_cpus(text)


def test_a_cpuset_is_numbers_and_ranges() -> None:
    assert [parse_cpuset(text, "cpuset cpus") for text in ("", "0", "0-3,5", "0,2")] == [
        "",
        "0",
        "0-3,5",
        "0,2",
    ]
    for text in ("foo", "0-", "3-1", "0,,1", "-1", "0;1"):
        with pytest.raises(InvalidArgument, match="for cpuset cpus"):
            parse_cpuset(text, "cpuset cpus")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", b"\x10\x11"),
        ("ctrl-p,ctrl-q", b"\x10\x11"),
        ("a", b"a"),
        ("ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_", b"\x00\x1b\x1c\x1d\x1e\x1f"),
        ("ctrl-a,x,DEL", b"\x01x\x7f"),
    ],
)
def test_detach_keys_become_bytes(text: str, keys: bytes) -> None:
    assert parse_detach_keys(text) == keys


@pytest.mark.parametrize("text", ["ab", "ctrl-", "ctrl-P", "ctrl-ab", "a,", "ü", "alt-x"])
def test_unknown_detach_keys_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="unknown key"):
        parse_detach_keys(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("seccomp=unconfined", ("seccomp", "unconfined")),
        ("seccomp:unconfined", ("seccomp", "unconfined")),
        ("label=type:foo", ("label", "type:foo")),
        ("label:type:foo", ("label", "type:foo")),
        ("no-new-privileges", ("no-new-privileges", "true")),
        ("no-new-privileges:false", ("no-new-privileges", "false")),
        ("writable-cgroups", ("writable-cgroups", "true")),
    ],
)
def test_a_security_option_is_a_pair(text: str, pair: tuple[str, str]) -> None:
    assert split_security_opt(text) == pair


@pytest.mark.parametrize("text", ["", "foo", "seccomp", "seccomp=", "=x", "apparmor:"])
def test_a_security_option_without_value_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="invalid --security-opt"):
        split_security_opt(text)


def test_security_options_become_fields() -> None:
    assert parse_security_opts(
        [
            ("seccomp", "{}"),
            ("apparmor", "mine"),
            ("label", "disable"),
            ("label", "type:x"),
            ("no-new-privileges", "false"),
            ("no-new-privileges", "1"),
            ("systempaths", "unconfined"),
            ("privileged-without-host-devices", "true"),
        ]
    ) == {
        "seccomp": "{}",
        "apparmor": "mine",
        "label": ("disable", "type:x"),
        "no_new_privileges": True,
        "unconfined_paths": True,
        "privileged_without_host_devices": True,
    }


@pytest.mark.parametrize("pair", [("foo", "bar"), ("systempaths", "foo"), ("no-new-privileges", "maybe")])
def test_unknown_security_options_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(InvalidArgument, match="--security-opt"):
        parse_security_opts([pair])
