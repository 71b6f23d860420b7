#!/usr/bin/env python3
"""Write a small nginx image, made from the distribution's packages, as an archive that containerd imports.

nginx_archive.py REFERENCE FILE
"""

import platform
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from hack.images import nginx
from hack.images.layout import Layout

PLATFORMS = {
    "x86_64": "linux/amd64",
    "aarch64": "linux/arm64",
    "armv7l": "linux/arm/v7",
    "ppc64le": "linux/ppc64le",
}

reference, file = sys.argv[1], Path(sys.argv[2])
with tempfile.TemporaryDirectory() as scratch:
    layout = Layout(Path(scratch) / "layout")
    layer = layout.layer(nginx.nginx_tree(Path(scratch) / "tree"))
    machine = platform.machine()
    image = layout.image([layer], nginx.CONFIG, platform=PLATFORMS.get(machine, f"linux/{machine}"))
    layout.name(reference, image)
    file.write_bytes(layout.archive(reference))
