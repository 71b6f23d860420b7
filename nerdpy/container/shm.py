"""/dev/shm of a container whose IPC namespace others may join: a tmpfs of the host's that all of them
mount."""

from nerdpy.container.join import Joined, ipc_of
from nerdpy.engine import Engine
from nerdpy.linux.mount import mount_tmpfs
from nerdpy.linux.mountinfo import mount_point_of
from nerdpy.model.records import ContainerRecord


def prepare_shm(engine: Engine, record: ContainerRecord) -> None:
    """See that the tmpfs of a `shareable` container is mounted: it is gone after a reboot."""
    ipc = ipc_of(record)
    if ipc.get("mode") != "shareable":
        return
    path = engine.paths.shm(record.id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if mount_point_of(str(path)).path != str(path):
        mount_tmpfs(path, size=int(ipc.get("shmSize") or 64 << 20), mode=0o1777)


def joined_shm(engine: Engine, joined: Joined) -> str:
    """What is mounted on /dev/shm where another container's IPC namespace is joined; empty where none is."""
    if joined.ipc is None:
        return ""
    return "/dev/shm" if ipc_of(joined.ipc).get("mode") == "host" else str(engine.paths.shm(joined.ipc.id))
