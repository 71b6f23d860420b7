"""An image like docker.io/library/busybox, from the package busybox-static."""

import subprocess
from pathlib import Path

from hack.images.layout import Tree
from hack.images.packages import find_program, packaged_program

CONFIG = {
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    "Cmd": ["sh"],
}
PASSWD = """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
app:x:1000:1000:app:/home/app:/bin/sh
nobody:x:65534:65534:nobody:/home:/bin/false
"""
GROUP = """\
root:x:0:
daemon:x:1:
www-data:x:33:
app:x:1000:
team:x:2000:app
ops:x:2001:app
nobody:x:65534:
"""


def is_static(program: Path) -> bool:
    return subprocess.run(["ldd", program], capture_output=True, check=False).returncode != 0


def busybox_program(scratch: Path) -> Path:
    """The machine's busybox may be a dynamic one: then the static package is unpacked."""
    program = find_program("busybox", "busybox-static", scratch)
    if not is_static(program):
        return packaged_program("busybox", "busybox-static", scratch)
    return program


def busybox_tree(program: Path) -> Tree:
    """The root filesystem: the program, a link per applet, users, and the usual folders."""
    tree = Tree()
    for folder in (
        "bin",
        "dev",
        "etc",
        "home",
        "home/app",
        "proc",
        "sys",
        "usr",
        "usr/bin",
        "usr/sbin",
        "var",
    ):
        owner = (1000, 1000) if folder == "home/app" else (0, 0)
        tree.folder(folder, owner=owner)
    tree.folder("root", mode=0o700)
    tree.folder("tmp", mode=0o1777)
    tree.file("bin/busybox", program.read_bytes(), mode=0o755)
    applets = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for applet in applets:
        if applet != "busybox":
            tree.link(f"bin/{applet}", "/bin/busybox")
    tree.file("etc/passwd", PASSWD)
    tree.file("etc/group", GROUP)
    return tree
