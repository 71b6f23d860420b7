"""The guest's kernel, out of this machine's own release, and the small file system that finds its disk."""

import gzip
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hack.images.packages import unpacked

PACKAGE = "linux-image-cloud-amd64"
DRIVERS = ("virtio_pci", "virtio_blk")
INIT = """#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in MODULES; do /bin/busybox insmod /$module; done
i=0
while [ ! -b /dev/vda ] && [ $i -lt 600 ]; do /bin/busybox sleep 0.1; i=$((i + 1)); done
/bin/busybox mount -t ext4 /dev/vda /root || /bin/busybox poweroff -f
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /lib/systemd/systemd
"""


def add_kernel(tree: Path, folder: Path) -> None:
    """Put `vmlinuz` and `initrd.gz` into `folder`, and the modules into `tree`."""
    with tempfile.TemporaryDirectory() as scratch:
        unpacked(_newest_package(), Path(scratch))
        kernel = next(Path(scratch, "boot").glob("vmlinuz-*"))
        release = kernel.name.removeprefix("vmlinuz-")
        shutil.copy(kernel, folder / "vmlinuz")
        shutil.copytree(Path(scratch, "lib/modules", release), tree / "usr/lib/modules" / release)
    subprocess.run(["chroot", tree, "depmod", release], check=True)
    _build_initrd(tree / "usr/lib/modules" / release, folder / "initrd.gz")


def _newest_package() -> str:
    """What the metapackage stands for."""
    said = subprocess.run(
        ["apt-cache", "depends", PACKAGE], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"Depends: (linux-image-\d\S+)", said)
    if found is None:
        raise LookupError(f"package {PACKAGE} names no kernel")
    return found.group(1)


def _build_initrd(modules: Path, target: Path) -> None:
    wanted = _with_dependencies(modules)
    busybox = shutil.which("busybox")
    if busybox is None:
        raise FileNotFoundError("busybox")
    archive = Archive()
    for name in ("bin", "dev", "root"):
        archive.add(name, 0o040755)
    archive.add("bin/busybox", 0o100755, Path(busybox).read_bytes())
    names = " ".join(path.name for path in wanted)
    archive.add("init", 0o100755, INIT.replace("MODULES", names).encode())
    for path in wanted:
        archive.add(path.name, 0o100644, path.read_bytes())
    target.write_bytes(gzip.compress(archive.finished(), 1))


def _with_dependencies(modules: Path) -> list[Path]:
    """The drivers of the disk, each behind what it needs (modules.dep(5))."""
    needs: dict[str, list[str]] = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, behind = line.partition(":")
        needs[path] = behind.split()
    found: list[str] = []
    for driver in DRIVERS:
        path = next(path for path in needs if Path(path).name == f"{driver}.ko")
        found += [each for each in [*reversed(needs[path]), path] if each not in found]
    return [modules / path for path in found]


class Archive:
    """A cpio archive in the "new ASCII" format, as the kernel unpacks it (initramfs buffer format)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._number = 0

    def add(self, name: str, mode: int, content: bytes = b"") -> None:
        """One file or folder; `mode` with the bits of its kind."""
        self._number += 1
        fields = (self._number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        header = b"070701" + b"".join(b"%08X" % value for value in fields) + name.encode() + b"\0"
        self._parts += [_padded(header), _padded(content)]

    def finished(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return b"".join(self._parts)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
