"""What a shim or a runtime that was killed in the middle has left of a container for nobody to clear away."""

import os
from pathlib import Path

from nerdpy.engine import Engine
from nerdpy.linux.mount import unmount
from nerdpy.linux.mountinfo import parse_mountinfo
from nerdpy.linux.stray_groups import remove_group

_BUNDLES = "io.containerd.runtime.v2.task"
"""The plugin below whose state containerd keeps the bundles, and mounts root filesystems in them."""
_RUNTIME_STATES = "/run/containerd/runc"
"""Where the runtime keeps what it knows of each container, by namespace and id: the runc shim's default. A
shim that is killed while it deletes a dead one's container leaves it there, and containerd does not look."""


def remove_strays(engine: Engine, container_id: str, cgroups_path: str) -> None:
    """Take away control groups, mounts and the runtime's state of a container that has no task;
    `cgroups_path` as in its spec. A group that is not the container's alone stays."""
    if container_id in cgroups_path.rpartition("/")[2]:
        remove_group(cgroups_path)
    ending = f"/{_BUNDLES}/{engine.config.namespace}/{container_id}/rootfs"
    for point in parse_mountinfo(Path("/proc/self/mountinfo").read_text()):
        if point.path.endswith(ending):
            unmount(point.path)
    state = os.path.join(_RUNTIME_STATES, engine.config.namespace, container_id)
    if os.path.isdir(state):
        import shutil

        shutil.rmtree(state, ignore_errors=True)
