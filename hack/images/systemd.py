"""An image that boots Debian's systemd, by debootstrap: some 40 seconds, most of them downloads."""

import gzip
import hashlib
import subprocess
from pathlib import Path

from hack.images.layout import LAYER, Descriptor, Layer, Layout
from hack.images.packages import debootstrap

PACKAGES = "systemd,systemd-sysv,dbus"
CONFIG = {
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    "Cmd": ["/sbin/init"],
}
NOT_NEEDED = (
    *("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/zoneinfo"),
    *(
        "var/cache/apt",
        "var/lib/apt/lists",
        "var/log",
        "usr/lib/x86_64-linux-gnu/perl-base",
        "usr/share/perl5",
    ),
)


def systemd_image(images: Layout, scratch: Path, *, platform: str) -> Descriptor:
    """A small Debian whose command is systemd."""
    tree = scratch / "tree"
    debootstrap(tree, PACKAGES)
    (tree / "etc/machine-id").write_text("")
    return images.image([_layer(images, tree)], CONFIG, platform=platform)


def _layer(images: Layout, tree: Path) -> Layer:
    left_out = [f"--exclude=./{path}/*" for path in NOT_NEEDED]
    command = ["tar", "--create", "--directory", str(tree), "--numeric-owner", "--sort=name", *left_out, "."]
    tar = subprocess.run(command, check=True, capture_output=True).stdout
    compressed = gzip.compress(tar, compresslevel=1, mtime=0)
    return Layer(images.blob(compressed, LAYER), f"sha256:{hashlib.sha256(tar).hexdigest()}")
