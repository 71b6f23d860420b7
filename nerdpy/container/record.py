"""Pure: the containerd record of a new container: its labels, in nerdctl's keys where nerdctl has one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy import labels
from nerdpy.container.endpoints import endpoint_labels
from nerdpy.container.join import Joined
from nerdpy.dataclass import asdict, dataclass
from nerdpy.dockercompat.create_body import config_of, exposed, host_config_of
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.model.options import CreateOptions
from nerdpy.model.ports import PortMapping
from nerdpy.model.records import ContainerId
from nerdpy.spec.facts import ImageFacts
from nerdpy.spec.systemd import STOP_SIGNAL, has_systemd

_NOT_REMEMBERED = {"ExposedPorts", "Volumes"}


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """What the labels are made of, beside the request itself."""

    container_id: ContainerId
    namespace: str
    name: str
    hostname: str
    folder: str
    image: ImageFacts
    joined: Joined
    mounts: Sequence[ResolvedMount]
    log_uri: str
    address: str
    ports: tuple[PortMapping, ...] = ()
    """Published, -P's among them, as asked for."""


def build_labels(options: CreateOptions, facts: RecordFacts) -> dict[str, str]:
    """Every label of the container; those of the image first, the user's above them, ours last."""
    user = {**facts.image.labels, **options.identity.labels}
    labels.check_user_labels(options.identity.labels)
    return {
        **_users(user),
        **_who(options, facts),
        **_how(options, facts),
        **_mounts(facts.mounts),
        **labels.packed(labels.OPTIONS, remembered(options, facts.image)),
        **labels.packed(labels.EXPOSED_PORTS, exposed(options, facts.image)),
        **ports_label(facts.ports),
        **endpoint_labels(_requests(options, facts.joined)),
        **_restart(options, facts),
    }


def _users(given: Mapping[str, str]) -> dict[str, str]:
    found = {key: value for key, value in given.items() if not key.startswith(("nerdctl/", "nerdpy/"))}
    empty = [key for key, value in found.items() if not value]
    return {**found, **(labels.packed(labels.EMPTY, empty) if empty else {})}


def remembered(options: CreateOptions, image: ImageFacts) -> dict[str, Any]:
    """What `inspect` shows of the request and the spec can't tell."""
    config = {key: value for key, value in config_of(options, image).items() if key not in _NOT_REMEMBERED}
    return {"Config": _filled(config), "HostConfig": _filled(host_config_of(options))}


def _filled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty anyway, so that most containers need one label only."""
    return {key: item for key, item in value.items() if item not in (None, "", 0, False, [], {})}


def _who(options: CreateOptions, facts: RecordFacts) -> dict[str, str]:
    given = {
        labels.NAMESPACE: facts.namespace,
        labels.NAME: facts.name,
        labels.HOSTNAME: facts.hostname,
        labels.DOMAINNAME: options.identity.domainname,
        labels.STATE_DIR: facts.folder,
        labels.PLATFORM: facts.image.platform,
        labels.IMAGE_ID: facts.image.image_id,
        labels.EXTRA_HOSTS: json.dumps(
            [f"{host}:{address}" for host, address in options.network.extra_hosts]
        ),
        labels.USER: options.process.user,
        labels.PID_FILE: options.identity.pidfile,
        labels.PID_CONTAINER: facts.joined.pid.id if facts.joined.pid else "",
        labels.IPC: json.dumps(_ipc(options, facts.joined), separators=(",", ":")),
    }
    return {key: value for key, value in given.items() if value}


def _requests(options: CreateOptions, joined: Joined) -> tuple[NetworkRequest, ...]:
    if joined.network is not None:
        return (NetworkRequest(name=f"container:{joined.network.id}"),)
    return options.network.requests


def _ipc(options: CreateOptions, joined: Joined) -> dict[str, str | int]:
    if joined.ipc is not None:
        return {"mode": "container", "victimContainerId": joined.ipc.id}
    mode = options.security.ipc or "private"
    return {"mode": mode, "shmSize": options.mounts.shm_size} if mode == "shareable" else {"mode": mode}


def _how(options: CreateOptions, facts: RecordFacts) -> dict[str, str]:
    process = options.process
    log = {"driver": options.logging.driver, "opts": dict(options.logging.options), "address": facts.address}
    given = {
        labels.LOG_URI: facts.log_uri,
        labels.LOG_CONFIG: json.dumps(log),
        labels.AUTO_REMOVE: "true" if options.life.auto_remove else "false",
        labels.STOP_SIGNAL: process.stop_signal or _stop_signal(options, facts.image),
        labels.STOP_TIMEOUT: _seconds(options),
        labels.PRIVILEGED: "true" if options.security.privileged else "",
        labels.TTY: "true" if process.has_tty else "",
        labels.OPEN_STDIN: "true" if process.keeps_stdin else "",
        labels.STDIN_ONCE: "true" if process.keeps_stdin and process.ends_stdin else "",
    }
    return {key: value for key, value in given.items() if value}


def _stop_signal(options: CreateOptions, image: ImageFacts) -> str:
    return STOP_SIGNAL if has_systemd(options, image) else image.stop_signal or "SIGTERM"


def _seconds(options: CreateOptions) -> str:
    timeout = options.process.stop_timeout
    return str(int(timeout.total_seconds())) if timeout is not None else ""


def _mounts(mounts: Sequence[ResolvedMount]) -> dict[str, str]:
    written = {
        f"{labels.MOUNTS}.{number}": json.dumps(mount_label(mount), separators=(",", ":"))
        for number, mount in enumerate(mounts)
    }
    anonymous = [mount.name for mount in mounts if mount.is_anonymous]
    return {**written, **(labels.packed(labels.ANONYMOUS_VOLUMES, anonymous) if anonymous else {})}


def mount_label(mount: ResolvedMount) -> dict[str, Any]:
    """One entry of docker's `Mounts`."""
    return {
        "Type": mount.type,
        "Name": mount.name,
        "Source": mount.source,
        "Destination": mount.target,
        "Driver": "local" if mount.type == "volume" else "",
        "Mode": mount.mode,
        "RW": not mount.read_only,
        "Propagation": mount.propagation,
        **({"Subpath": mount.subpath} if mount.subpath else {}),
    }


def ports_label(ports: tuple[PortMapping, ...]) -> dict[str, str]:
    """The labels that remember what was asked for, for the next start."""
    return labels.packed(labels.PORTS, [asdict(mapping) for mapping in ports]) if ports else {}


def _restart(options: CreateOptions, facts: RecordFacts) -> dict[str, str]:
    """The status label that arms the restart monitor is set by `start`, not here."""
    if options.life.restart.name == "no":
        return {}
    return {
        labels.RESTART_POLICY: str(options.life.restart),
        labels.RESTART_LOG_URI: facts.log_uri,
        labels.EXPLICITLY_STOPPED: "false",
    }
