"""Everything about a container: docker's JSON, or containerd's own."""

from pathlib import Path
from typing import Any

from nerdpy import labels
from nerdpy.container.endpoint_facts import endpoints_of
from nerdpy.container.endpoints import networks_of
from nerdpy.container.find import find, name_of
from nerdpy.container.join import ipc_of
from nerdpy.container.look import Look, look_at
from nerdpy.container.ls import exposed_ports, mounts_of, published_ports, shown_image
from nerdpy.container.oom import saw_oom_kill
from nerdpy.container.size import sizes
from nerdpy.dockercompat.container import InspectFacts, inspect_json, time_text
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.model.health import health_json
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.launcher import load_settings


def inspect_several(
    engine: Engine, names: list[str], *, is_native: bool = False, with_size: bool = False
) -> tuple[list[dict[str, Any]], list[NerdpyError]]:
    """The objects that were found, and an error for each that was not."""
    objects: list[dict[str, Any]] = []
    errors: list[NerdpyError] = []
    for name in names:
        try:
            record = find(engine, name)
            objects.append(
                native(engine, record) if is_native else inspect(engine, record, with_size=with_size)
            )
        except NerdpyError as error:
            errors.append(error)
    return objects, errors


def inspect(engine: Engine, record: ContainerRecord, *, with_size: bool = False) -> dict[str, Any]:
    """docker's object."""
    look = look_at(engine, record)
    state = look.state
    own, total = sizes(engine, record) if with_size else (None, None)
    return inspect_json(
        InspectFacts(
            container_id=record.id,
            name=name_of(record),
            created_at=record.created_at,
            image=shown_image(look),
            image_id=record.labels.get(labels.IMAGE_ID, ""),
            platform=record.labels.get(labels.PLATFORM, "linux"),
            snapshotter=record.snapshotter,
            runtime=record.runtime,
            labels=labels.user_labels(record.labels),
            spec=_spec(record),
            remembered=_remembered(look),
            status=state.status,
            pid=state.pid,
            exit_code=state.exit_code,
            error=state.error,
            started_at=state.started_at,
            finished_at=state.finished_at,
            restart_count=state.restart_count,
            oom_killed=saw_oom_kill(engine, look),
            health=health_json(look.health) if look.health else None,
            hostname=record.labels.get(labels.HOSTNAME, ""),
            folder_files=_files(engine, record.id),
            mounts=mounts_of(look),
            exposed=exposed_ports(look),
            published=published_ports(look),
            endpoints=endpoints_of(engine, look),
            netns_path=str(engine.paths.netns(record.id)) if engine.paths.netns(record.id).exists() else "",
            size_rw=own,
            size_root=total,
        )
    )


def native(engine: Engine, record: ContainerRecord) -> dict[str, Any]:
    """containerd's record with its spec, and the task's process."""
    look = look_at(engine, record)
    return {
        "ID": record.id,
        "Labels": dict(record.labels),
        "Image": record.image,
        "Runtime": {"Name": record.runtime},
        "SnapshotKey": record.snapshot_key,
        "Snapshotter": record.snapshotter,
        "CreatedAt": time_text(record.created_at),
        "UpdatedAt": time_text(record.updated_at),
        "Spec": _spec(record),
        "Process": {"Pid": look.task.pid, "Status": look.task.status} if look.task else None,
    }


def _spec(record: ContainerRecord) -> dict[str, Any]:
    try:
        return record.spec
    except ValueError:
        return {}


def _remembered(look: Look) -> dict[str, Any]:
    """The request as it was, with what was decided for it since."""
    record, value = look.record, look.remembered
    if not value:
        return {}
    host = {**value.get("HostConfig", {})}
    networks = networks_of(record)
    ipc = ipc_of(record)
    if networks and networks[0].startswith("container:"):
        host["NetworkMode"] = networks[0]  # with the full id
    if ipc.get("mode") == "container":
        host["IpcMode"] = f"container:{ipc.get('victimContainerId')}"
    elif ipc:
        host["IpcMode"] = ipc["mode"]
    if pid := record.labels.get(labels.PID_CONTAINER):
        host["PidMode"] = f"container:{pid}"
    if policy := record.labels.get(labels.RESTART_POLICY):
        name, _, limit = policy.partition(":")
        host["RestartPolicy"] = {"Name": name, "MaximumRetryCount": int(limit) if limit.isdecimal() else 0}
    return {**value, "HostConfig": host}


def _files(engine: Engine, container_id: str) -> dict[str, str]:
    paths = engine.paths
    files = {
        "ResolvConfPath": paths.resolv_conf(container_id),
        "HostnamePath": paths.hostname(container_id),
        "HostsPath": paths.hosts(container_id),
        "LogPath": Path(load_settings(paths, container_id).log.path or paths.log(container_id)),
    }
    return {key: str(path) for key, path in files.items() if path.exists()}
