"""The images that the tests run, built once per machine and kept in OCI layout."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hack.images import busybox, layout, nginx, systemd
from hack.images.layout import DOCKER_LAYER, Descriptor, Layer, Layout, Tree

PREFIX = "docker.io/library/"
BUSYBOX = "busybox:latest"
"""An index: the machine's platform and linux/arm64, whose file /platform says so (and nothing in it runs)."""
NGINX = "nginx:latest"
SYSTEMD = "debian:systemd"
"""In a layout of its own, for it takes a minute to build."""
ODD = {
    "odd:schema2": "busybox with docker's media types, one platform, no index",
    "odd:volume": "VOLUME /data, in which the image has files, a link to /etc/passwd, and an owner 1000",
    "odd:user": "USER app:team, WORKDIR /home/app/work, which does not exist in the image",
    "odd:entrypoint": 'ENTRYPOINT ["/bin/echo", "hello"], CMD ["world"]',
    "odd:health": "HEALTHCHECK every second: test -f /tmp/healthy",
    "odd:stop": "STOPSIGNAL SIGUSR1; CMD ignores SIGTERM and prints a word on SIGUSR1",
    "odd:ports": "EXPOSE 80/tcp 81/tcp 53/udp, LABEL colour=blue",
    "odd:empty": "one empty layer, no Cmd, no Env",
    "odd:layers": "thirty layers; /layer holds the number of the topmost",
    "odd:foreign": "an index without the machine's platform",
}
PLATFORM = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
FOREIGN = {"linux/amd64": "linux/arm64", "linux/arm64": "linux/amd64"}

Build = Callable[[Layout, Path], None]
_SOURCES = [Path(module.__file__ or "") for module in (busybox, layout, nginx)] + [Path(__file__)]


def own_platform() -> str:
    import platform

    return PLATFORM[platform.machine()]


def built_images(cache: Path) -> Layout:
    """The layout in `cache`; built under a lock when no other worker has done so for these sources."""
    return _built(cache, _SOURCES, "", _build)


def built_systemd(cache: Path) -> Layout:
    """The same with the one image that boots systemd."""
    return _built(cache, [Path(systemd.__file__)], "systemd-", _build_systemd)


def _built(cache: Path, sources: list[Path], prefix: str, build: Build) -> Layout:
    folder = cache / (
        prefix + hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    )
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                half_done = Layout(Path(scratch) / "layout")
                build(half_done, Path(scratch))
                half_done.save()
                shutil.move(half_done.folder, folder)
    return Layout(folder).load()


def _build_systemd(images: Layout, scratch: Path) -> None:
    images.name(PREFIX + SYSTEMD, systemd.systemd_image(images, scratch, platform=own_platform()))


def _build(images: Layout, scratch: Path) -> None:
    program = busybox.busybox_program(scratch)
    root = images.layer(busybox.busybox_tree(program))
    own, foreign = own_platform(), FOREIGN[own_platform()]
    other = Tree()
    other.file("platform", foreign + "\n")
    stranger = images.image([images.layer(other)], busybox.CONFIG, platform=foreign)

    def plain(*more: Layer, **config: Any) -> Descriptor:
        return images.image([root, *more], busybox.CONFIG | config, platform=own)

    images.name(PREFIX + BUSYBOX, images.index([plain(), stranger]))
    nginx_root = images.layer(nginx.nginx_tree(scratch))
    images.name(PREFIX + NGINX, images.image([nginx_root], nginx.CONFIG, platform=own))
    images.name(PREFIX + "odd:foreign", images.index([stranger]))
    _build_odd(images, plain)
    docker_root = images.layer(busybox.busybox_tree(program), DOCKER_LAYER)
    schema2 = images.image([docker_root], busybox.CONFIG, platform=own, is_docker=True)
    images.name(PREFIX + "odd:schema2", schema2)
    empty = images.layer(Tree())
    images.name(PREFIX + "odd:empty", images.image([empty], {}, platform=own))


def _build_odd(images: Layout, plain: Any) -> None:
    def named(tag: str, target: Descriptor) -> None:
        images.name(f"{PREFIX}odd:{tag}", target)

    named("volume", plain(images.layer(_volume_tree()), Volumes={"/data": {}}))
    named("user", plain(User="app:team", WorkingDir="/home/app/work"))
    named("entrypoint", plain(Entrypoint=["/bin/echo", "hello"], Cmd=["world"]))
    second = 1_000_000_000
    health = {
        "Test": ["CMD-SHELL", "test -f /tmp/healthy"],
        "Interval": second,
        "Timeout": second,
        "Retries": 2,
    }
    named("health", plain(Healthcheck=health, Cmd=["sleep", "inf"]))
    script = "trap '' TERM; trap 'echo usr1; exit 7' USR1; echo ready; while :; do sleep 0.1; done"
    named("stop", plain(StopSignal="SIGUSR1", Cmd=["sh", "-c", script]))
    ports: dict[str, dict[str, str]] = {"80/tcp": {}, "81/tcp": {}, "53/udp": {}}
    named("ports", plain(ExposedPorts=ports, Labels={"colour": "blue"}, Cmd=["sleep", "inf"]))
    named("layers", plain(*(images.layer(_numbered(number)) for number in range(1, 30))))


def _numbered(number: int) -> Tree:
    tree = Tree()
    tree.file("layer", f"{number}\n")
    return tree


def _volume_tree() -> Tree:
    tree = Tree()
    tree.folder("data", owner=(1000, 1000))
    tree.file("data/file", "from the image\n", mode=0o640, owner=(1000, 1000))
    tree.folder("data/folder")
    tree.file("data/folder/deep", "deep\n")
    tree.link("data/link", "/etc/passwd")
    return tree
