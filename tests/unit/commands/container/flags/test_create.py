"""The flags of `run` and `create`, typed as users type them, become CreateOptions."""

import json
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nerdpy.errors import NerdpyError, UsageError
from nerdpy.model.descriptor import Platform
from nerdpy.model.mounts import MountRequest
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.options import DeviceRequest, Ulimit
from nerdpy.model.ports import ExposedPort, PortMapping
from nerdpy.model.restart import RestartPolicy
from tests.typed import typed

TMPFS = MountRequest(type="tmpfs", target="/t")


@pytest.mark.parametrize(
    ("line", "group", "fields"),
    [
        ("--name /web", "identity", {"name": "web"}),
        ("-h host --domainname dom", "identity", {"hostname": "host", "domainname": "dom"}),
        ("-l a=1 --label b -l a=2", "identity", {"labels": {"a": "2", "b": ""}}),
        ("--annotation a=b=c", "identity", {"annotations": {"a": "b=c"}}),
        ("--cidfile c.id", "identity", {"cidfile": "/here/c.id"}),
        ("--pidfile /p", "identity", {"pidfile": "/p"}),
        ("-it", "process", {"keeps_stdin": True, "has_tty": True}),
        ("-e A=1 -e FOO -e NOPE -e A=2", "process", {"environment": ("A=2", "FOO=foo", "NOPE")}),
        ("-w /x/../y -u 1:2", "process", {"workdir": "/y", "user": "1:2"}),
        ("--group-add a --group-add 5", "process", {"group_add": ("a", "5")}),
        ("--entrypoint sh", "process", {"entrypoint": ("sh",)}),
        ("--entrypoint=", "process", {"entrypoint": ()}),
        ("--umask 0027", "process", {"umask": 0o027}),
        ("--init", "process", {"init": True, "init_binary": ""}),
        ("--init-binary catatonit", "process", {"init": True, "init_binary": "catatonit"}),
        (
            "--stop-signal KILL --stop-timeout 0",
            "process",
            {"stop_signal": "KILL", "stop_timeout": timedelta()},
        ),
        ("--stop-timeout -1", "process", {"stop_timeout": timedelta(seconds=-1)}),
        ("img", "process", {"command": (), "entrypoint": None, "stop_timeout": None}),
        ("img sh -c x", "process", {"command": ("sh", "-c", "x")}),
        ("-- img a", "process", {"command": ("a",)}),
        ("img", "network", {"networks": ("bridge",), "dns": None, "ports": ()}),
        ("--net default", "network", {"networks": ("bridge",)}),
        ("--network a --net b", "network", {"networks": ("a", "b")}),
        ("--net=host", "network", {"networks": ("host",), "mode": "host"}),
        ("--net container:x", "network", {"mode": "container"}),
        ("--net ns:/x", "network", {"mode": "ns"}),
        (
            "--network name=a,alias=x,ip=1.2.3.4,ip6=::1,mac-address=02:42:ac:11:00:02",
            "network",
            {
                "first": NetworkRequest(
                    name="a", aliases=("x",), ip="1.2.3.4", ip6="::1", mac_address="02:42:ac:11:00:02"
                )
            },
        ),
        (
            "--network a --network name=b,ip=1.2.3.4,alias=x --link-local-ip 169.254.1.1",
            "network",
            {
                "requests": (
                    NetworkRequest(name="a", link_local_ips=("169.254.1.1",)),
                    NetworkRequest(name="b", ip="1.2.3.4", aliases=("x",)),
                )
            },
        ),
        (
            "--net a --network-alias x --net-alias y --ip 1.2.3.4",
            "network",
            {"first": NetworkRequest(name="a", aliases=("x", "y"), ip="1.2.3.4")},
        ),
        (
            "-p 80:80 -p80:80 -P",
            "network",
            {"ports": (PortMapping(container_port=80, host_port=80),), "publish_all": True},
        ),
        ("--expose 80 --expose 80/tcp", "network", {"expose": (ExposedPort(port=80),)}),
        (
            "--dns 1.1.1.1 --dns-search a.b --dns-opt x --dns-option y",
            "network",
            {"dns": ("1.1.1.1",), "dns_search": ("a.b",), "dns_options": ("x", "y")},
        ),
        (
            "--add-host a:1.2.3.4 --add-host b=host-gateway",
            "network",
            {"extra_hosts": (("a", "1.2.3.4"), ("b", "host-gateway"))},
        ),
        (
            "--mac-address 02-42-AC-11-00-02",
            "network",
            {"first": NetworkRequest(name="bridge", mac_address="02:42:ac:11:00:02")},
        ),
        (
            "-v rel/a:/a -v ~/b:/b",
            "mounts",
            {
                "mounts": (
                    MountRequest(type="bind", source="/here/rel/a", target="/a", creates_source=True),
                    MountRequest(type="bind", source="/home/me/b", target="/b", creates_source=True),
                )
            },
        ),
        (
            "--tmpfs /t --mount type=tmpfs,dst=/u",
            "mounts",
            {"mounts": (MountRequest(type="tmpfs", target="/u", is_long=True), TMPFS)},
        ),
        (
            "-v /x -v nn:/x",
            "mounts",
            {"mounts": (MountRequest(type="volume", source="nn", target="/x"),)},
        ),
        (
            "-v nn:/x -v /x",
            "mounts",
            {"mounts": (MountRequest(type="volume", source="nn", target="/x"),)},
        ),
        (
            "--tmpfs /t:exec --tmpfs /t",
            "mounts",
            {"mounts": (TMPFS,)},
        ),
        ("--volumes-from a --volumes-from b:ro", "mounts", {"volumes_from": ("a", "b:ro")}),
        ("--read-only --shm-size 1g", "mounts", {"read_only": True, "shm_size": 1 << 30}),
        ("--shm-size 0", "mounts", {"shm_size": 64 << 20}),
        ("-m 6m --memory-swap -1", "resources", {"memory": 6 << 20, "memory_swap": -1}),
        ("--memory=1g --memory-reservation 512m", "resources", {"memory_reservation": 512 << 20}),
        ("--memory-swappiness 0", "resources", {"memory_swappiness": 0}),
        ("--memory-swappiness -1", "resources", {"memory_swappiness": None}),
        ("--cpus 1.5", "resources", {"cpu_quota": 150_000, "cpu_period": 100_000}),
        ("--cpus 0 --cpu-quota 5000", "resources", {"cpu_quota": 5000, "cpu_period": 0}),
        ("-c 512 --cpu-period 50000 --cpu-quota -1", "resources", {"cpu_shares": 512, "cpu_quota": -1}),
        ("--cpuset-cpus 0-1 --cpuset-mems 0", "resources", {"cpuset_cpus": "0-1", "cpuset_mems": "0"}),
        ("--pids-limit -5", "resources", {"pids_limit": -1}),
        (
            "--ulimit nproc=1 --ulimit core=0 --ulimit nproc=2",
            "resources",
            {"ulimits": (Ulimit(name="core", soft=0, hard=0), Ulimit(name="nproc", soft=2, hard=2))},
        ),
        (
            "--device /dev/a:r",
            "resources",
            {"devices": (DeviceRequest(host="/dev/a", container="/dev/a", permissions="r"),)},
        ),
        ("--sysctl net.a=1", "resources", {"sysctls": {"net.a": "1"}}),
        (
            "--oom-score-adj -5 --blkio-weight 500 --cgroup-parent /x",
            "resources",
            {"oom_score_adj": -5, "blkio_weight": 500},
        ),
        (
            "--privileged --cap-add all --cap-drop net_raw",
            "security",
            {"cap_add": ("ALL",), "cap_drop": ("CAP_NET_RAW",)},
        ),
        (
            "--security-opt seccomp:unconfined --security-opt no-new-privileges",
            "security",
            {
                "seccomp": "unconfined",
                "no_new_privileges": True,
                "given": ("seccomp:unconfined", "no-new-privileges"),
            },
        ),
        (
            "--pid host --ipc container:x --uts host",
            "security",
            {"pid": "host", "ipc": "container:x", "uts": "host"},
        ),
        ("--userns host --cgroupns private", "security", {"userns": "host", "cgroupns": "private"}),
        (
            "--log-opt max-size=1m --log-opt tag",
            "logging",
            {"driver": "json-file", "options": {"max-size": "1m", "tag": ""}},
        ),
        ("--log-driver none", "logging", {"driver": "none"}),
        ("--restart on-failure:3", "life", {"restart": RestartPolicy("on-failure", 3)}),
        (
            "--rm --restart no --runtime runc",
            "life",
            {"auto_remove": True, "runtime": "io.containerd.runc.v2"},
        ),
        ("--rm=false --restart always", "life", {"auto_remove": False}),
        (
            "--pull never --platform linux/aarch64 -q",
            "image",
            {"pull": "never", "platform": Platform(os="linux", architecture="arm64"), "quiet": True},
        ),
        ("img", "image", {"reference": "img", "pull": "missing", "platform": None}),
        (
            "--no-healthcheck --isolation default --verify none --disable-content-trust",
            "image",
            {"pull": "missing"},
        ),
    ],
)
def test_a_flag_is_understood(line: str, group: str, fields: dict[str, Any]) -> None:
    options = typed(*line.split(), environ={"FOO": "foo", "HOME": "/home/me"}).options
    found = getattr(options, group)
    assert {name: getattr(found, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--name a", "--name: invalid container name"),
        ("-h a/b", "--hostname: invalid hostname"),
        ("-l =b", "--label: invalid label"),
        ("-e =1", "--env: invalid environment variable"),
        ("--env-file /nowhere/x", 'env file "/nowhere/x" does not exist'),
        ("--env-file /", 'env file "/" is a directory'),
        ("--label-file /nowhere/x", "does not exist"),
        ("-w x", "must be an absolute path"),
        ("--group-add=", "no name"),
        ("--umask 8", "octal"),
        ("--umask 1000", "octal"),
        ("--stop-signal FOO", "--stop-signal: invalid signal"),
        ("--stop-timeout x", "--stop-timeout"),
        ("-p 80:80:80", "--publish: invalid IP address"),
        ("--expose 80:80", "--expose"),
        ("--dns foo", "--dns: invalid IP address"),
        ("--dns-search a_b", "--dns-search"),
        ("--add-host a", "--add-host: bad format"),
        ("--ip ::1", "--ip: "),
        ("--ip6 1.2.3.4", "--ip6: "),
        ("--mac-address foo", "--mac-address"),
        ("--net a --net a", "specified multiple times"),
        ("--net host --net a", "user-defined and non-user-defined"),
        ("--net bridge --net a", "user-defined and non-user-defined"),
        ("--network-alias x", "only supported for user-defined"),
        ("--net host --network-alias x", "only supported for user-defined"),
        ("--net name=a,alias=x --network-alias y", "--network-alias and the same"),
        ("--net name=a,ip=1.2.3.4 --ip 1.2.3.4", "--ip and the same"),
        ("--net host --ip 1.2.3.4", "--ip and --network host"),
        ("--net none --mac-address 02:42:ac:11:00:02", "--mac-address and --network none"),
        ("--net host --link-local-ip 169.254.1.1", "--link-local-ip and --network host"),
        ("--link-local-ip 10.0.0.1", "not a link-local address"),
        ("-v /a:/x -v /b:/x", 'duplicate mount point: "/x"'),
        ("-v /a:/x/ --tmpfs /x", 'duplicate mount point: "/x"'),
        ("-v /a:/x:foo", "--volume: invalid mode"),
        ("--mount type=bind,dst=/x", "--mount: type=bind requires a source"),
        ("--tmpfs x", "--tmpfs: invalid mount path"),
        ("--volumes-from x:foo", "--volumes-from"),
        ("--volume-driver nfs", "not available"),
        ("--shm-size x", "--shm-size"),
        ("-m 5m", "--memory: the minimum is 6m"),
        ("-m x", "--memory: size"),
        ("--memory-reservation 1k", "minimum is 6m"),
        ("-m 10m --memory-reservation 11m", "smaller than --memory-reservation"),
        ("--memory-swap 1g", "needs --memory"),
        ("-m 1g --memory-swap 512m", "not be smaller than --memory"),
        ("--memory-swap -2", "--memory-swap"),
        ("--memory-swappiness 101", "range is from 0 to 100"),
        ("--oom-score-adj 1001", "range is from -1000 to 1000"),
        ("--cpus 1 --cpu-quota 5000", "--cpus and --cpu-quota"),
        ("--cpus 1 --cpu-period 5000", "--cpus and --cpu-period"),
        ("--cpus x", "--cpus"),
        ("--cpu-period 5", "range is from 1000"),
        ("--cpu-quota 5", "minimum is 1000"),
        ("--cpu-shares -1", "cannot be negative"),
        ("--cpu-shares 1", "range is from 2"),
        ("--cpu-rt-runtime 5", "larger than --cpu-rt-period"),
        ("--cpuset-cpus x", "--cpuset-cpus"),
        ("--blkio-weight 5", "range is from 10"),
        ("--blkio-weight-device /dev/sda", "--blkio-weight-device: it names no device and value"),
        ("--blkio-weight-device sda:500", '"sda" is not a device'),
        ("--blkio-weight-device /dev/sda:9", "from 10 to 1000"),
        ("--device-read-bps /dev/sda:x", "--device-read-bps: size"),
        ("--device-write-bps x:1m", '"x" is not a device'),
        ("--device-read-iops /dev/sda:1m", '"1m" is not a whole number'),
        ("--device-write-iops /dev/sda", "names no device and value"),
        ("--device-cgroup-rule a", "TYPE MAJOR:MINOR PERMISSIONS"),
        ("--gpus x", "--gpus: count must be a whole number or all"),
        ("--gpus 1,device=0", "exclude each other"),
        ("--cgroup-conf a", "--cgroup-conf: it is not KEY=VALUE"),
        ("--rdt-class a/b", "plain name"),
        ("--systemd x", "--systemd: no such mode"),
        ("--mount type=volume,dst=/x,volume-subpath=../x", 'subpath "../x" is not a relative path'),
        ("--mount type=image,src=a,dst=/x,image-subpath=/x", 'subpath "/x" is not a relative path'),
        ("--rootfs --pull always", "--pull and --rootfs"),
        ("--rootfs --platform linux/arm64", "--platform and --rootfs"),
        ("--security-opt label=x", "label=x"),
        ("--volumes-from x:ro,rw", "--volumes-from"),
        ("--ulimit foo=1", "--ulimit: invalid ulimit type"),
        ("--device foo", "--device"),
        ("--sysctl vm.a=1", "--sysctl"),
        ("--sysctl net.a=1 --net host", "cannot be set with --network host"),
        ("--sysctl kernel.sem=1 --ipc host", "cannot be set with --ipc host"),
        ("--cap-add foo", "--cap-add: unknown capability"),
        ("--security-opt foo", "--security-opt"),
        ("--security-opt foo=bar", "invalid --security-opt"),
        ("--security-opt seccomp=/nowhere/x", 'seccomp profile "/nowhere/x" does not exist'),
        ("--security-opt privileged-without-host-devices", "needs --privileged"),
        ("--pid foo", "--pid: no such mode"),
        ("--pid container:", "--pid: no such mode"),
        ("--ipc foo", "--ipc: no such mode"),
        ("--uts container:x", "--uts: no such mode"),
        ("--userns foo", "--userns: no such mode"),
        ("--cgroupns foo", "--cgroupns: no such mode"),
        ("--uts host -h x", "--hostname and --uts host"),
        ("--log-driver foo", 'unknown log driver "foo"'),
        ("--log-driver gelf", "is not supported"),
        ("--log-driver fifo:///x", "is not supported"),
        ("--log-driver syslog --log-opt syslog-address=x://y", "unknown scheme"),
        ("--log-driver none --log-opt a=b", "driver none"),
        ("--log-opt =b", "--log-opt"),
        ("--log-opt foo=b", "has no option"),
        ("--log-opt max-size=x", "size"),
        ("--restart foo", "--restart"),
        ("--restart always --rm", "both --restart and --rm"),
        ("--pull foo", "invalid pull option"),
        ("--platform foo", "--platform"),
        ("Img", "must be lowercase"),
        ("--isolation process", "Windows only"),
        ("-a stdout -d", "both --attach and --detach"),
        ("-a stdout,stderr", "valid streams"),
        ("--detach-keys ab", "--detach-keys: unknown key"),
    ],
)
def test_a_wrong_flag_is_refused_with_its_name(line: str, words: str) -> None:
    with pytest.raises(NerdpyError) as raised:
        typed(*line.split(), image="Img" if line == "Img" else "img")
    assert words in raised.value.message


@pytest.mark.parametrize("more", ["", ",bogus=1", '"', ",volume-opt=type=cifs"])
def test_a_refused_mount_tells_no_password(more: str) -> None:
    with pytest.raises(NerdpyError) as raised:
        typed("--mount", f"type=volume,dst=/d,volume-opt=o=username=u,password=geheim{more}")
    assert "geheim" not in "".join(traceback.format_exception(raised.value, limit=0))
    assert "geheim" not in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--link a:b", "put both containers on one network"),
        ("--storage-opt size=1g", "limit the file system below them"),
        ("--cpu-count 2", "Windows only"),
        ("--cpu-percent 20", "Windows only"),
        ("--io-maxbandwidth 1m", "Windows only"),
        ("--io-maxiops 10", "Windows only"),
        ("--disable-content-trust=false", "leave it out"),
        ("--use-api-socket", "no API server"),
        ("--ipfs-address x", "pull from a registry"),
    ],
)
def test_what_is_not_built_says_what_to_do_instead(line: str, words: str) -> None:
    with pytest.raises(NerdpyError, match="^" + line.split()[0].partition("=")[0]) as raised:
        typed(*line.split())
    assert words in raised.value.message + (raised.value.hint or "")


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("--net host -p 80:80", "published ports are discarded when using host network mode"),
        ("--net none -P", "published ports are discarded when using none network mode"),
        ("--dns 127.0.0.53", "localhost DNS server 127.0.0.53 may fail in the container"),
        (
            "--oom-kill-disable",
            "the OOM killer is disabled, but no memory limit is set: the host may run out of memory",
        ),
        ("--kernel-memory 1g", "--kernel-memory has no effect: the kernel dropped that limit"),
    ],
)
def test_what_may_surprise_is_warned_of(line: str, warning: str) -> None:
    assert typed(*line.split()).warnings == [warning]


def test_ports_are_discarded_with_the_hosts_network() -> None:
    network = typed("--net", "host", "-p", "80:80", "-P").options.network
    assert (network.ports, network.publish_all) == ((), False)


def test_files_come_before_flags_and_relative_ones_are_looked_up_where_the_caller_is(tmp_path: Path) -> None:
    (tmp_path / "x.env").write_text("A=file\nB=file\nFOO\n")
    (tmp_path / "x.label").write_text("a=file\nb=file\n")
    line = "-e A=flag --env-file x.env -l a=flag --label-file x.label"
    options = typed(*line.split(), folder=str(tmp_path), environ={"FOO": "foo"}).options
    assert options.process.environment == ("A=flag", "B=file", "FOO=foo")
    assert options.identity.labels == {"a": "flag", "b": "file"}


def test_a_bad_line_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.env").write_bytes(b"A=1\nB=\xff\n")
    with pytest.raises(UsageError, match=r"invalid env file: x\.env, line 2: invalid UTF-8"):
        typed("--env-file", "x.env", folder=str(tmp_path))


def test_a_seccomp_profile_is_read_and_checked(tmp_path: Path) -> None:
    profile = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}
    (tmp_path / "good.json").write_text(json.dumps(profile, indent=4))
    (tmp_path / "bad.json").write_text("{bad")
    (tmp_path / "other.json").write_text("[]")
    security = typed("--security-opt", "seccomp=good.json", folder=str(tmp_path)).options.security
    assert json.loads(security.seccomp) == profile
    assert security.given == ("seccomp=good.json",)
    for name, words in (("bad.json", "is not JSON"), ("other.json", "no `defaultAction`")):
        with pytest.raises(UsageError, match=words):
            typed("--security-opt", f"seccomp={name}", folder=str(tmp_path))


def test_the_environment_names_the_default_platform() -> None:
    environ = {"DOCKER_DEFAULT_PLATFORM": "linux/arm64"}
    assert str(typed(environ=environ).options.image.platform) == "linux/arm64"
    assert str(typed("--platform", "amd64", environ=environ).options.image.platform) == "linux/amd64"


@pytest.mark.parametrize(
    ("line", "streams"),
    [
        ("", "stderr stdout"),
        ("-i", "stderr stdin stdout"),
        ("-d", ""),
        ("-d -i", ""),
        ("-it", "stderr stdin stdout"),
        ("-a stdin", "stdin"),
        ("-a STDOUT", "stdout"),
        ("-a stderr -a stdout", "stderr stdout"),
        ("-i -a stdout", "stdin stdout"),
    ],
)
def test_streams_are_attached_as_docker_does(line: str, streams: str) -> None:
    foreground = typed(*line.split()).foreground
    assert " ".join(sorted(foreground.streams)) == streams
    assert foreground.is_detached == ("-d" in line)


def test_signals_are_not_passed_on_with_a_terminal() -> None:
    assert typed().foreground.proxies_signals
    assert not typed("-t").foreground.proxies_signals
    assert not typed("--sig-proxy=false").foreground.proxies_signals


def test_attached_input_of_a_terminal_needs_one() -> None:
    assert typed("-t", stdin_is_terminal=False).foreground.streams == {"stdout", "stderr"}
    assert typed("-itd", stdin_is_terminal=False).foreground.is_detached
    with pytest.raises(UsageError, match="the input device is not a TTY"):
        typed("-it", stdin_is_terminal=False)


def test_a_folder_that_is_gone_is_needed_only_for_relative_paths() -> None:
    assert typed("-v", "/a:/x", folder="").options.mounts.mounts[0].source == "/a"
    with pytest.raises(UsageError, match="working folder"):
        typed("-v", "./a:/x", folder="")
