"""Make a container: reserve what may be refused, look, decide, and write it down in containerd.

`reserve` takes what is scarce (name, folder); `complete` prepares the snapshot, builds the spec and creates
the record.
`run` puts the network between the two, so that it is made while the rest goes on.
"""

from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

from nerdpy import labels
from nerdpy.cni.conflist import Network
from nerdpy.container.confinement import check_confinement
from nerdpy.container.connect import by_own_names, find_networks
from nerdpy.container.cpus import refuse_missing_processors, refuse_too_many_cpus
from nerdpy.container.facts import gather
from nerdpy.container.files import prepare_files, prepare_resolver
from nerdpy.container.find import find
from nerdpy.container.ids import made_up_name, new_id, short
from nerdpy.container.join import Joined, find_joined, namespace_paths, refuse_conflicts
from nerdpy.container.monitoring import write_monitor_settings
from nerdpy.container.names import bearer_of
from nerdpy.container.origin import Origin, find_origin, prepare_root
from nerdpy.container.pins import pin_labels, plan_pins
from nerdpy.container.ports import wanted_ports
from nerdpy.container.record import RecordFacts, build_labels
from nerdpy.container.remap import Remap, find_remap, remap_labels, snapshot_labels, without_maps
from nerdpy.container.runtime import Runtime, find_runtime
from nerdpy.container.shm import joined_shm
from nerdpy.container.teardown import abandon
from nerdpy.container.telling import tell
from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine, Warned
from nerdpy.errors import Conflict
from nerdpy.model.identifier import parse_identifier
from nerdpy.model.idmap import IdMaps
from nerdpy.model.mounts import MountRequest, ResolvedMount
from nerdpy.model.options import CreateOptions
from nerdpy.model.records import ContainerId, ContainerRecord, SnapshotMount
from nerdpy.network.claim import kept
from nerdpy.spec.build import build_spec, warnings
from nerdpy.spec.facts import Facts, ImageFacts
from nerdpy.store.intents import Intent


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A container in the making: what is reserved for it."""

    options: CreateOptions
    container_id: ContainerId
    name: str
    hostname: str
    folder: Path
    origin: Origin
    runtime: Runtime
    remap: Remap | None
    joined: Joined
    networks: tuple[Network, ...]
    intent: Intent

    @property
    def image_facts(self) -> ImageFacts:
        return self.origin.facts

    @property
    def maps(self) -> IdMaps | None:
        return self.remap.maps if self.remap else None


def create(engine: Engine, options: CreateOptions) -> ContainerRecord:
    """A new container, not started. Whatever fails, nothing of it stays."""
    with ExitStack() as undo:
        draft = reserve(engine, options, undo)
        record, _ = complete(engine, draft)
        undo.pop_all()
    draft.intent.done()
    return record


def reserve(engine: Engine, options: CreateOptions, undo: ExitStack) -> Draft:
    """Check the request, fetch the image, and take id, name and folder; each step leaves its undoing in
    `undo`."""
    _check(options)
    check_confinement(engine, options.security)
    joined = find_joined(engine, options)
    networks = find_networks(engine, options.network.requests)
    requests = by_own_names(options.network.requests, networks)
    options = replace(options, network=replace(options.network, requests=requests))
    runtime = find_runtime(options.life.runtime)
    container_id = new_id()
    remap = find_remap(engine, options, joined, container_id)
    origin = find_origin(engine, options.image)
    name = options.identity.name or made_up_name(origin.name, container_id)
    store = engine.store
    intent = store.intents.begin("create", container_id, name=name, snapshotter=engine.config.snapshotter)
    undo.callback(abandon, engine, intent)
    store.names.acquire(name, container_id, bearer_of(engine) if options.identity.name else lambda _: None)
    folder = store.containers.make_folder(container_id)
    prepare_resolver(engine, container_id, options.network)
    return Draft(
        options=options,
        container_id=container_id,
        name=name,
        hostname=_hostname(engine, options, container_id, joined),
        folder=folder,
        origin=origin,
        runtime=runtime,
        remap=remap,
        joined=joined,
        networks=networks,
        intent=intent,
    )


def complete(engine: Engine, draft: Draft) -> tuple[ContainerRecord, tuple[SnapshotMount, ...]]:
    """Prepare the snapshot, build the spec, and create the record in containerd; the snapshot's mounts
    too."""
    snapshot_mounts = prepare_root(engine, draft.origin, draft.container_id, snapshot_labels(draft.remap))
    layers = without_maps(snapshot_mounts)
    mounts, pins = plan_pins(engine, draft.intent, draft.options.image, _resolve_mounts(engine, draft))
    _copy_up(engine, mounts, layers, draft.maps)
    facts = gather(
        engine,
        draft.options,
        draft.image_facts,
        container_id=draft.container_id,
        hostname=draft.hostname,
        snapshot_mounts=layers,
        mounts=mounts,
        bind_files=_files(engine, draft),
        namespace_paths=_namespace_paths(engine, draft),
        idmaps=draft.maps,
        shm_source=joined_shm(engine, draft.joined),
    )
    for sentence in warnings(draft.options, facts):
        engine.notify(Warned(sentence))
    record = _record(engine, draft, facts, mounts, pin_labels(pins) | remap_labels(draft.remap))
    with kept(engine, draft.networks) if draft.networks else nullcontext():
        created = engine.containerd.containers.create(record)
    tell(engine, created, "create")
    return created, () if draft.origin.folder else snapshot_mounts


def _check(options: CreateOptions) -> None:
    if options.identity.name:
        parse_identifier(options.identity.name, "container")
    if options.life.auto_remove and options.life.restart.name != "no":
        raise Conflict(
            "conflicting options: a restart policy and --rm",
            hint="a container that is removed can't be restarted",
        )
    labels.check_user_labels(options.identity.labels)
    refuse_conflicts(options)
    refuse_too_many_cpus(options.resources)
    refuse_missing_processors(options.resources.cpuset_cpus, options.resources.cpuset_mems)


def _hostname(engine: Engine, options: CreateOptions, container_id: str, joined: Joined) -> str:
    import os

    if joined.network is not None:
        return joined.network.labels.get(labels.HOSTNAME, "")
    if options.identity.hostname:
        return options.identity.hostname
    is_hosts = options.network.mode == "host" or options.security.uts == "host"
    return os.uname().nodename if is_hosts else short(container_id)


def _resolve_mounts(engine: Engine, draft: Draft) -> list[ResolvedMount]:
    requests = [*_mounts_from(engine, draft.options.mounts.volumes_from), *draft.options.mounts.mounts]
    if not (requests or draft.image_facts.volumes):
        return []
    from nerdpy.volume.resolve import resolve

    made: list[str] = []
    used: list[str] = []

    def note(name: str, is_new: bool) -> None:
        """Before anything else: whoever sweeps must know what we make, and whoever removes what we use."""
        used.append(name)
        if is_new:
            made.append(name)
        draft.intent.add(volumes=made, uses=used)

    return resolve(engine, requests, draft.image_facts.volumes, note, runtime=draft.runtime.oci_program)


def _files(engine: Engine, draft: Draft) -> tuple[tuple[str, str], ...]:
    """hosts and the like; they belong to the container's root."""
    import os

    files = prepare_files(engine, draft.container_id, draft.options, draft.hostname, draft.joined)
    if draft.maps is not None and draft.joined.network is None:
        for source, _ in files:
            os.chown(source, *draft.maps.root)
    return files


def _copy_up(
    engine: Engine,
    mounts: list[ResolvedMount],
    snapshot_mounts: Sequence[SnapshotMount],
    maps: IdMaps | None,
) -> None:
    if any(mount.needs_content for mount in mounts):
        from nerdpy.volume.copy_up import copy_up

        copy_up(engine, mounts, snapshot_mounts, maps)


def _mounts_from(engine: Engine, sources: tuple[str, ...]) -> list[MountRequest]:
    if not sources:
        return []
    from nerdpy.container.volumes_from import mounts_from

    stores = (engine.paths.volumes, engine.paths.volume_mounts)
    return [
        request
        for source in sources
        for request in mounts_from(find(engine, source.partition(":")[0]), source, stores)
    ]


def _namespace_paths(engine: Engine, draft: Draft) -> dict[str, str]:
    mode = draft.options.network.mode
    paths = namespace_paths(engine, draft.joined)
    if mode in {"cni", "none"}:
        paths["network"] = str(engine.paths.netns(draft.container_id))
    elif mode == "ns":
        paths["network"] = draft.options.network.networks[0].removeprefix("ns:")
    if draft.remap is not None:
        paths["user"] = draft.remap.path
    return paths


def _record(
    engine: Engine, draft: Draft, facts: Facts, mounts: list[ResolvedMount], more: dict[str, str]
) -> ContainerRecord:
    import json

    options = draft.options
    log_uri = write_monitor_settings(engine, draft.container_id, options, draft.image_facts, draft.name)
    record_facts = RecordFacts(
        container_id=draft.container_id,
        namespace=engine.config.namespace,
        name=draft.name,
        hostname=draft.hostname,
        folder=str(draft.folder),
        image=draft.image_facts,
        joined=draft.joined,
        mounts=mounts,
        log_uri=log_uri,
        address=engine.config.address,
        ports=wanted_ports(options.network, draft.image_facts),
    )
    return ContainerRecord(
        id=draft.container_id,
        labels={**build_labels(options, record_facts), **more},
        image=draft.image_facts.reference,
        runtime=draft.runtime.type,
        runtime_options=draft.runtime.options(has_systemd_cgroups=facts.cgroup_manager == "systemd"),
        spec_json=json.dumps(build_spec(options, facts)).encode(),
        snapshotter="" if draft.origin.folder else engine.config.snapshotter,
        snapshot_key="" if draft.origin.folder else draft.container_id,
    )
