"""Change the limits and the restart policy of a container, running or not."""

import json
import os
from typing import Any

from nerdpy import labels
from nerdpy.container.cpus import refuse_missing_processors, refuse_too_many_cpus
from nerdpy.container.find import shown_as
from nerdpy.container.look import Look, look_at
from nerdpy.container.telling import tell
from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.linux import cgroups
from nerdpy.model.limit_changes import LimitChanges, changed_host_config, changed_resources
from nerdpy.model.options import ResourceOptions
from nerdpy.model.records import ContainerRecord
from nerdpy.model.restart import RestartPolicy


@dataclass(frozen=True, kw_only=True)
class Update:
    """What is asked for; None: the policy stays."""

    limits: LimitChanges
    restart: RestartPolicy | None = None


def update(engine: Engine, record: ContainerRecord, wish: Update) -> None:
    """Check it, change the running container first, and then what is kept for `inspect` and the next start:
    what the kernel refuses changes nothing."""
    with engine.store.locks.container(record.id):
        record = engine.containerd.containers.get(record.id)
        look = look_at(engine, record)
        if look.state.status == "unknown":
            raise FailedPrecondition(f"the shim of container {shown_as(record)} does not answer")
        limits = _keepable(engine, wish.limits)
        _refuse_missing_processors(limits)
        remembered = dict(look.remembered)
        remembered["HostConfig"] = changed_host_config(_known_limits(look), limits)
        changes: dict[str, str | None] = {}
        if wish.restart is not None:
            changes |= _restart_labels(look, wish.restart)
            remembered["HostConfig"]["RestartPolicy"] = {
                "Name": wish.restart.name,
                "MaximumRetryCount": wish.restart.maximum,
            }
        spec_json = _apply(engine, look, limits) if limits.host_config() else None
        if look.remembered:  # containers of others have no such label, and get none
            changes |= _packed_again(record, remembered)
        engine.containerd.containers.update(record.id, labels=changes, spec_json=spec_json)
        tell(engine, record, "update")


def _known_limits(look: Look) -> dict[str, Any]:
    host = look.remembered.get("HostConfig", {})
    return dict(host) if isinstance(host, dict) else {}


def _apply(engine: Engine, look: Look, limits: LimitChanges) -> bytes:
    """Tell the running container, if it runs; the new spec."""
    spec = dict(look.record.spec)
    linux = dict(spec.get("linux") or {})
    resources = changed_resources(linux.get("resources") or {}, limits)
    if look.state.is_running:
        told = {name: part for name, part in resources.items() if name != "devices"}
        engine.containerd.tasks.update(look.record.id, told)
    if resources.get("pids", {}).get("limit", 1) <= 0:
        del resources["pids"]
    spec["linux"] = {**linux, "resources": resources}
    return json.dumps(spec, separators=(",", ":"), ensure_ascii=False).encode()


def _packed_again(record: ContainerRecord, remembered: dict[str, Any]) -> dict[str, str | None]:
    """The labels of the new options; chunks that are not needed any more are deleted."""
    packed = labels.packed(labels.OPTIONS, remembered)
    old = [key for key in record.labels if key.startswith(f"{labels.OPTIONS}.")]
    return {**dict.fromkeys(old), **packed}


def _restart_labels(look: Look, policy: RestartPolicy) -> dict[str, str | None]:
    """Those that arm containerd's restart monitor; a container that does not run is armed when it starts."""
    record = look.record
    if policy.name == "no":
        gone = (labels.RESTART_POLICY, labels.RESTART_STATUS, labels.RESTART_LOG_URI)
        return {key: None for key in gone if key in record.labels}
    if record.labels.get(labels.AUTO_REMOVE) == "true":
        raise FailedPrecondition(
            "restart policy cannot be updated because AutoRemove is enabled for the container",
            hint="a container that is removed when it ends cannot be started again",
        )
    changes: dict[str, str | None] = {labels.RESTART_POLICY: str(policy)}
    if uri := record.labels.get(labels.LOG_URI):
        changes[labels.RESTART_LOG_URI] = uri
    if look.state.is_running:
        changes |= {labels.RESTART_STATUS: "running", labels.EXPLICITLY_STOPPED: "false"}
    return changes


def _keepable(engine: Engine, limits: LimitChanges) -> LimitChanges:
    """Without what this kernel has no control for: left out with a warning, as `run` does."""
    machine = cgroups.look()
    if limits.blkio_weight and not machine.has_blkio_weight:
        engine.notify(Warned("the block I/O weight is discarded: this machine's I/O scheduler keeps none"))
        limits = replace(limits, blkio_weight=None)
    if limits.memory_swap and not machine.has_swap_limit:
        engine.notify(Warned("the swap limit is discarded: this kernel does not count swap"))
        limits = replace(limits, memory_swap=None)
    if limits.cpu_rt_period or limits.cpu_rt_runtime:
        folder = machine.mountpoints.get("cpu", "")
        if machine.version == 2 or not os.path.exists(f"{folder}/cpu.rt_runtime_us"):
            raise InvalidArgument("this kernel's control groups have no CPU real-time scheduling")
    return limits


def _refuse_missing_processors(limits: LimitChanges) -> None:
    """docker's sentence instead of the kernel's `invalid argument`."""
    refuse_too_many_cpus(ResourceOptions(nano_cpus=limits.nano_cpus or 0))
    refuse_missing_processors(limits.cpuset_cpus or "", limits.cpuset_mems or "")
