"""Values that travel inside a protobuf Any, as containerd's typeurl package names them.

Messages are called by their full name, without the `type.googleapis.com/` that protobuf puts before it; the
OCI types are JSON, called by a path and their major version.
"""

import json
from typing import Any

from nerdpy.errors import InvalidArgument

SPEC = "types.containerd.io/opencontainers/runtime-spec/1/Spec"
PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process"
RESOURCES = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources"
RUNC_OPTIONS = "containerd.runc.v1.Options"
CHECKPOINT_OPTIONS = "containerd.runc.v1.CheckpointOptions"


def to_json(value: dict[str, Any]) -> bytes:
    """A spec, a process or resources as the value of an Any. Bytes that are no text arrive as U+FFFD: JSON
    holds no others."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogateescape").decode(errors="replace").encode()


def name_of(type_url: str) -> str:
    """The message's full name, whoever wrote the URL."""
    return type_url.rpartition("/")[2] if type_url.startswith("type.googleapis.com/") else type_url


def runc_options(
    binary_name: str = "", systemd_cgroup: bool = False, *, root: str = "", io_uid: int = 0, io_gid: int = 0
) -> tuple[str, bytes]:
    """Options of the runc shim, for ContainerRecord.runtime_options and tasks.create."""
    from nerdpy.containerd.api.runc_options_pb2 import Options

    options = Options(
        binary_name=binary_name, systemd_cgroup=systemd_cgroup, root=root, io_uid=io_uid, io_gid=io_gid
    )
    return RUNC_OPTIONS, options.SerializeToString()


def read_runc_options(options: tuple[str, bytes] | None) -> tuple[str, bool]:
    """`(binary_name, systemd_cgroup)` of such options, whoever wrote them; defaults for anything else."""
    if options is None or name_of(options[0]) != RUNC_OPTIONS:
        return "", False
    from nerdpy.containerd.api.runc_options_pb2 import Options

    read = Options.FromString(options[1])
    return read.binary_name, read.systemd_cgroup


def restoring(options: tuple[str, bytes] | None, image_path: str) -> tuple[str, bytes]:
    """The same options for a task that is to be restored from CRIU's images in a folder; InvalidArgument for
    those of another shim than runc's."""
    from nerdpy.containerd.api.runc_options_pb2 import Options

    if options is not None and name_of(options[0]) != RUNC_OPTIONS:
        raise InvalidArgument("only containers of the runc shim can be started from a checkpoint")
    restored = Options.FromString(options[1]) if options is not None else Options()
    restored.criu_image_path = image_path
    return RUNC_OPTIONS, restored.SerializeToString()
