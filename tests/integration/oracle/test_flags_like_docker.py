"""The same flags mean the same to nerdpy and to the real `docker` command line."""

import os
import shlex
import shutil
from collections.abc import Iterator

import pytest

from nerdpy.errors import NerdpyError
from tests.integration.oracle.recorder import Recorder
from tests.integration.oracle.wish import wish_of_docker, wish_of_nerdpy
from tests.typed import typed

ENVIRON = {"FOO": "foo", "EMPTY": ""}
FILES = {
    "e.env": 'A=1\n# c\n  B=2 # x\nFOO\nC="q"\nNOPE\nE=\nEMPTY\n',
    "bom.env": "\ufeffA=1\n",
    "crlf.env": "A=1\r\nB=2\r\n",
    "space.env": "A B=1\n",
    "noname.env": "=1\n",
    "x.label": "x=1\n\n#z\nz=a b\n",
    "profile.json": '{\n  "defaultAction": "SCMP_ACT_ALLOW"\n}\n',
    "bad.json": "{bad",
}

SAME = """
img
img sh -c 'echo hi'
-- img true
--name web
--name /web
-h host
-h a.b.c --domainname example.org
-l a=b -l c --label d=e=f -l a=2
-l 'a=x, y'
--label-file x.label
--label-file x.label -l x=5
--annotation a=b --annotation c
--cidfile c.id
-i
-t
-it
-a stdout
-a STDERR -a stdin
-i -a stdout
-e A=1
-e A=1 -e A=2 -e B=
-e FOO -e NOPE -e EMPTY
-e 'A=1,B=2'
--env-file e.env
--env-file e.env -e A=9 -e FOO
--env-file bom.env --env-file crlf.env
-w /work
-u 1000:1000
-u name --group-add adm --group-add 5
--entrypoint sh
--entrypoint sh img -c true
--entrypoint '' img true
--entrypoint '["a"]'
--init
--stop-signal SIGINT
--stop-signal 9 --stop-timeout 5
--stop-timeout 0
--stop-timeout -1
--network host
--net none
--net container:other
--network bridge
--network default
--network front
--network front --network back
--network name=front
--network name=front,alias=x,alias=y,ip=10.0.0.5
--network name=front,ip6=fd00::5,mac-address=02:42:ac:11:00:02
--network 'name=front,"alias=x"' --network back
--network front --network-alias x --net-alias y
--network front --ip 10.0.0.5 --ip6 fd00::5
--network front --mac-address 02-42-AC-11-00-02
--mac-address 02:42:ac:11:00:02
--network front --network back --ip 10.0.0.5
-p 80
-p 80:80
-p :80
-p 0:80
-p 8080:80/udp -p 8080:80/tcp
-p 8080:80/SCTP
-p 127.0.0.1::80
-p 127.0.0.1:8080:80
-p 0.0.0.0:8080:80
-p [::1]:8080:80
-p [::]::80
-p 8000-8002:80-82
-p 8000-8003:80
-p 127.0.0.1:8000-8003:80/udp
-p 80-82
-p 80:80 -p 81:80
-p 80:80 -p 80:80
-p 080:80
-p target=80,published=8080,protocol=udp
-P
--expose 80 --expose 90-92/udp
-p 80:80 --expose 81
--dns 1.1.1.1 --dns 2001:db8::1
--dns ::ffff:1.2.3.4
--dns-search a.example. --dns-search .
--dns-option ndots:1 --dns-opt use-vc
--add-host a:1.2.3.4 --add-host b=1.2.3.5
--add-host a:::1 --add-host b=[::1] --add-host c:[1.2.3.4]
--add-host a:host-gateway --add-host b=host-gateway
-v /data
-v /a:/b
-v ./rel:/b -v ..:/c -v .:/d
-v name:/b
-v name:/b:ro
-v name:/b:nocopy
-v /a:/b:ro,z
-v /a:/b:rshared
-v /a:/b:ro,rslave,Z
-v /a:/b:cached
-v /data/../other
-v /a/../b:/c/../d/
-v anonymous
-v /a:/x -v /x
-v rel:/x
--mount type=bind,source=/a,target=/b
--mount type=bind,src=/a,dst=/b,readonly
--mount type=bind,src=/a,destination=/b,ro=true
--mount type=bind,src=./rel,dst=/b,readonly=false
--mount type=bind,src=/a,dst=/b,bind-propagation=rshared
--mount type=bind,src=/a,dst=/b,bind-recursive=disabled
--mount type=bind,src=/a,dst=/b,bind-recursive=enabled
--mount type=bind,src=/a,dst=/b,bind-recursive=writable,readonly
--mount type=bind,src=/a,dst=/b,bind-recursive=readonly,readonly,bind-propagation=rprivate
--mount type=bind,src=/a,dst=/b,bind-nonrecursive
--mount type=bind,src=/a,dst=/b,consistency=cached
--mount 'type=bind,"src=/a,b",dst=/c'
--mount Type=BIND,SRC=/a,Target=/b
--mount source=name,target=/b
--mount target=/b
--mount type=volume,target=/b,volume-nocopy,volume-label=a=b,volume-label=c
--mount type=volume,src=name,target=/b,volume-subpath=c/d
--mount type=tmpfs,target=/b,tmpfs-size=64m,tmpfs-mode=1770
--mount type=tmpfs,target=/b,readonly
--mount type=image,src=busybox,target=/b
--mount type=image,src=busybox,target=/b,image-subpath=etc
--tmpfs /b
--tmpfs /b:size=64m,mode=1777,exec
--tmpfs /b --tmpfs /c:ro --tmpfs /b:size=1m
--volumes-from a --volumes-from b:ro --volumes-from c:z
--read-only
--shm-size 128m
-m 512m
-m 1.5g --memory-swap 2g
-m 1GiB --memory-swap -1
-m '64 mb' --memory-reservation 32M
-m 100m --memory-swappiness 0
--memory-swappiness 60
-m 100m --oom-kill-disable
--oom-score-adj -500
--cpus 1.5
--cpus .25
--cpus 1/2
--cpus 1e1
-c 512
--cpu-shares 2048 --cpu-period 50000 --cpu-quota 25000
--cpu-quota -1
--cpu-rt-period 10000 --cpu-rt-runtime 5000
--cpuset-cpus 0-1 --cpuset-mems 0
--pids-limit 100
--pids-limit -1
--blkio-weight 500
--blkio-weight-device /dev/sda:500 --blkio-weight-device /dev/sdb:0
--device-read-bps /dev/sda:1mb --device-write-bps /dev/sda:1024
--device-read-iops /dev/sda:100 --device-write-iops /dev/sdb:0
--device-cgroup-rule 'c 13:* rmw' --device-cgroup-rule 'b 8:0 r'
--device-cgroup-rule 'a *:* rwm'
--gpus all
--gpus 2
--gpus count=all,capabilities=utility
--gpus '"device=0,GPU-abc"'
--gpus device=1,driver=nvidia
--gpus 'count=1,"capabilities=compute,utility"'
--cgroup-parent /mine
--ulimit nofile=1024:2048 --ulimit core=0 --ulimit nofile=512
--ulimit memlock=-1 --ulimit stack=5:-1
--device /dev/null
--device /dev/null:/dev/zero:r --device /dev/zero:rw
--device vendor.com/class=name
--sysctl net.core.somaxconn=1024 --sysctl kernel.shmmax=1 --sysctl fs.mqueue.msg_max=5
--sysctl net.a=b=c
--privileged
--cap-add net_admin --cap-add CAP_SYS_TIME --cap-drop NET_RAW
--cap-drop ALL --cap-add chown
--cap-add all --cap-drop mknod --cap-add all
--security-opt seccomp=unconfined
--security-opt seccomp:unconfined --security-opt apparmor:mine
--security-opt seccomp=profile.json
--security-opt seccomp=builtin
--security-opt no-new-privileges
--security-opt no-new-privileges=true --security-opt label=disable --security-opt label:type:x
--security-opt systempaths=unconfined
--security-opt writable-cgroups=true
--pid host
--pid container:other
--ipc host
--ipc shareable
--ipc none
--ipc private
--ipc container:other
--uts host
--userns host
--cgroupns host
--cgroupns private
--log-driver none
--log-driver json-file --log-opt max-size=10m --log-opt max-file=3
--log-opt labels=a,b
--restart always
--restart on-failure:3
--restart on-failure
--restart unless-stopped
--restart ''
--restart no --rm
--rm
--rm=false
--rm=true -it=false
--runtime runc
--pull always
--pull never
--platform linux/arm64
--platform linux/aarch64
--platform linux/arm/v6
--platform linux/x86_64 -q
--isolation default
--disable-content-trust
--no-healthcheck=false
--kernel-memory 0
-itp 8080:80 -v/a:/b -eA=1 --name=web --rm img sh
"""

REFUSED = """
--unknown
--name
-l =b
-l 'a b=1'
-e =1
-e ''
--env-file space.env
--env-file noname.env
--env-file nowhere.env
--env-file /
--label-file nowhere
-a foo
-a stdout,stderr
--stop-timeout foo
-p ''
-p a
-p 8080:
-p /tcp
-p 80/foo
-p 65536:80
-p 80:65536
-p 80,81
-p 8000-8003:80-82
-p 8000:80-82
-p 8002-8000:80
-p 80:80:80
-p localhost:80:80
-p 1.2.3:80:80
-p 1.2.3.4:80
-p [::1]:80
-p [fe80::1%eth0]:80:80
-p +80:80
-p published=80
--expose ''
--expose a
--expose 80:81
--expose 82-80
--network ''
--network alias=a
--network a,alias=b
--network name=a,foo=bar
--network name=a,mac-address=foo
--network a --network a
--network host --network a
--network bridge --network a
--network-alias x
--network host --network-alias x
--network name=a,alias=x --network-alias y
--network name=a,ip=1.2.3.4 --ip 1.2.3.5
--network name=a,mac-address=02:42:ac:11:00:02 --mac-address 02:42:ac:11:00:02
--mac-address foo
--mac-address 02:42:ac:11:00
--dns foo
--dns 1.2.3.4,5.6.7.8
--dns 01.2.3.4
--dns-search 'a b'
--dns-search a_b
--dns-search a..b
--add-host a
--add-host :1.2.3.4
--add-host a:
--add-host a:foo
--add-host a=1.2.3.4,1.2.3.5
-v ''
-v :/x
-v /a:
-v /a:/b:ro:z
--mount ''
--mount type=bind,src=/a
--mount type=bind,src=/a,target=/x,foo=bar
--mount type=bind,src=/a,target=/x,foo
--mount type=bind,src=/a,target=/x,readonly=yes
--mount type=bind,src=/a,target=/x,volume-nocopy
--mount type=volume,src=a,target=/x,bind-propagation=rshared
--mount type=bind,src=/a,target=/x,bind-recursive=foo
--mount type=bind,src=/a,target=/x,bind-recursive=writable
--mount type=bind,src=/a,target=/x,bind-recursive=readonly,readonly
--mount type=tmpfs,target=/x,tmpfs-mode=9
--mount type=tmpfs,target=/x,tmpfs-size=foo
--mount 'type=bind, src=/a,target=/x'
--mount 'type=bind,src="/a,target=/x'
-m -1
-m ''
-m abc
-m 1x
--memory-swap -2
--memory-swappiness 101
--shm-size -1
--cpus foo
--cpus 1.0000000001
--ulimit nofile
--ulimit nofile=a
--ulimit nofile=1:2:3
--ulimit foo=1
--ulimit nofile=2:1
--ulimit nofile=-1:5
--device ''
--device foo
--device /dev/a:b
--device /dev/a:/dev/b:x
--device /dev/a:/dev/b:r:w
--blkio-weight-device /dev/sda
--blkio-weight-device sda:500
--blkio-weight-device /dev/sda:5
--blkio-weight-device /dev/sda:x
--device-read-bps /dev/sda
--device-read-bps /dev/sda:fast
--device-write-bps sda:1mb
--device-read-iops /dev/sda:1mb
--device-write-iops /dev/sda:-1
--device-cgroup-rule ''
--device-cgroup-rule 'd 1:3 r'
--device-cgroup-rule 'c 1 r'
--device-cgroup-rule 'c 1:3'
--device-cgroup-rule 'c 1:3 x'
--gpus x
--gpus foo=1
--gpus count=x
--gpus 1,count=2
--sysctl a=b
--sysctl net.a
--security-opt foo
--security-opt seccomp=
--security-opt seccomp=bad.json
--security-opt seccomp=nowhere.json
--pid foo
--pid container:
--uts foo
--userns foo
--cgroupns foo
--log-driver none --log-opt max-size=1m
--restart on-failure:x
--restart always --rm
--pull foo
--platform foo
Img
img:
img@sha256:abc
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:
"""


def rows(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """The real docker, talking to nobody."""
    docker = shutil.which("docker")
    if docker is None and os.environ.get("NERDPY_NO_ORACLE"):
        pytest.skip("NERDPY_NO_ORACLE is set, and there is no docker on PATH")
    assert docker, "docker is not on PATH: install the package docker-cli, or set NERDPY_NO_ORACLE=1"
    folder = tmp_path_factory.mktemp("oracle")
    for name, content in FILES.items():
        (folder / name).write_text(content)
    recorder = Recorder(folder, docker)
    yield recorder
    recorder.close()


@pytest.mark.parametrize("line", rows(SAME))
def test_flags_mean_what_they_mean_to_docker(recorder: Recorder, line: str) -> None:
    words = shlex.split(line)
    asked = recorder.ask(words if "img" in words else [*words, "img"], ENVIRON)
    assert not asked.refusal, f"docker refuses: {asked.refusal}"
    understood = typed(*words, folder=str(recorder.folder), environ=ENVIRON)
    assert wish_of_nerdpy(understood) == wish_of_docker(asked)


@pytest.mark.parametrize("line", rows(REFUSED))
def test_what_docker_refuses_is_refused(recorder: Recorder, line: str) -> None:
    words = shlex.split(line)
    is_image = not line.startswith("-")
    asked = recorder.ask(words if is_image else [*words, "img"], ENVIRON)
    assert asked.refusal, f"docker takes it: {asked.body}"
    with pytest.raises(NerdpyError):
        typed(*words, image=words[0] if is_image else "img", folder=str(recorder.folder), environ=ENVIRON)
