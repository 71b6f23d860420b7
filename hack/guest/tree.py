"""The guest's root filesystem: debootstrap, what nerdpy imports, and a service that takes commands."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from hack.images.packages import debootstrap

ROOT = Path(__file__).parents[2]
SUITE = "forky"
SCRIPT = Path("/usr/share/debootstrap/scripts/sid")
PACKAGES = (
    "systemd,systemd-sysv,dbus,udev,kmod,procps,iproute2,nftables,iptables,ca-certificates,"
    "containerd,runc,containernetworking-plugins,python3,busybox-static,tini"
)
LIBRARIES = Path("opt/libraries")
BALLAST = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists")

AGENT = f"""[Unit]
Description=Commands from the serial line
After=containerd.service basic.target
Wants=containerd.service
[Service]
Environment=PYTHONPATH=/mnt:/{LIBRARIES} HOME=/root
WorkingDirectory=/root
ExecStart=/usr/bin/python3 /usr/local/lib/agent.py
KillMode=process
[Install]
WantedBy=multi-user.target
"""
FSTAB = "/dev/vdb /mnt ext4 rw 0 2\n"
NERDPY = """#!/bin/sh
exec /usr/bin/python3 -m nerdpy "$@"
"""


def build_tree(tree: Path) -> None:
    """Make the whole of it in the empty folder `tree`; takes a minute and the distribution's mirror."""
    debootstrap(tree, PACKAGES, suite=SUITE, script=SCRIPT)
    _add_libraries(tree)
    _set_up(tree)
    for folder in BALLAST:
        shutil.rmtree(tree / folder, ignore_errors=True)
        (tree / folder).mkdir(parents=True)


def dependencies() -> list[str]:
    """What nerdpy imports, as pyproject.toml names it."""
    wanted: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return wanted


def _add_libraries(tree: Path) -> None:
    """nerdpy's dependencies, for the guest's Python: another one than ours."""
    version = next((tree / "usr/bin").glob("python3.*")).name.removeprefix("python")
    platforms = [f"--platform=manylinux{tag}_x86_64" for tag in ("_2_28", "_2_17", "2014")]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--target", tree / LIBRARIES, "--only-binary=:all:",
         "--implementation=cp", f"--python-version={version}", *platforms, *dependencies()],
        check=True,
    )  # fmt: skip
    subprocess.run(["chroot", tree, "python3", "-m", "compileall", "-q", f"/{LIBRARIES}"], check=True)


def _set_up(tree: Path) -> None:
    files = {
        "etc/hostname": "guest\n",
        "etc/fstab": FSTAB,
        "etc/systemd/system/agent.service": AGENT,
        "usr/local/lib/agent.py": Path(__file__).with_name("agent.py").read_text(),
        "usr/local/bin/nerdpy": NERDPY,
    }
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "usr/local/bin/nerdpy").chmod(0o755)
    system = tree / "etc/systemd/system"
    (system / "multi-user.target.wants/agent.service").symlink_to("../agent.service")
    for unit in ("getty.target", "systemd-networkd-wait-online.service", "apt-daily.timer"):
        (system / unit).symlink_to("/dev/null")
