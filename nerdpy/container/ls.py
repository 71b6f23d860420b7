"""List containers: one look at all, filters, and docker's order (newest first)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from nerdpy import labels
from nerdpy.container import nerdctl
from nerdpy.container.endpoints import networks_of
from nerdpy.container.find import find, name_of
from nerdpy.container.look import Look, look_at_all
from nerdpy.container.matching import anchors_of, implies_all, matches
from nerdpy.dockercompat.container_row import ContainerFacts, ContainerRow, container_row
from nerdpy.dockercompat.ports import mapping_from_json
from nerdpy.engine import Engine
from nerdpy.model.filters import Filters
from nerdpy.model.ports import PortMapping

_DAWN = datetime(1970, 1, 1, tzinfo=UTC)


def list_containers(
    engine: Engine,
    *,
    everything: bool = False,
    last: int = 0,
    filters: Filters | None = None,
) -> list[Look]:
    """The containers that are running, or all of them; with `last` the newest ones whatever their state."""
    wanted = filters or Filters()
    looks = look_at_all(engine)
    if any(look.is_unsettled for look in looks):
        from nerdpy.container.sweep import settle_unsettled  # brings networks and volumes along

        settle_unsettled(engine, looks)
        looks = look_at_all(engine)
    looks.sort(key=_age, reverse=True)
    if not (everything or last > 0 or implies_all(wanted)):
        looks = [
            look for look in looks if look.state.status in {"running", "paused", "restarting", "unknown"}
        ]
    if wanted:
        anchors = {text: find(engine, text).created_at or _DAWN for text in anchors_of(wanted)}
        wanted, kin = _with_network_names(engine, wanted), _kin(engine, wanted, looks)
        looks = [look for look in looks if matches(look, wanted, anchors, kin)]
    return looks[:last] if last > 0 else looks


def _kin(engine: Engine, wanted: Filters, looks: list[Look]) -> dict[str, frozenset[str]]:
    """Image, as the filter `ancestor` names it -> the containers that descend from it."""
    if "ancestor" not in wanted:
        return {}
    from nerdpy.container.ancestry import descendants

    records = [look.record for look in looks]
    found = {text: descendants(engine, text, records) for text in wanted.get("ancestor")}
    return {text: ids for text, ids in found.items() if ids is not None}


def _with_network_names(engine: Engine, wanted: Filters) -> Filters:
    """docker takes a network's id, or its beginning, as well; containers remember names."""
    if "network" not in wanted:
        return wanted
    from nerdpy.network.find import list_networks

    networks = list_networks(engine)
    more = [
        one.name for text in wanted.get("network") for one in networks if text and one.id.startswith(text)
    ]
    return Filters({**wanted.values, "network": (*wanted.get("network"), *more)})


def _age(look: Look) -> datetime:
    return look.record.created_at or _DAWN


def row_facts(look: Look, size: str) -> ContainerFacts:
    """What `ps` shows of one container; `size` is computed by who needs it."""
    record = look.record
    is_up = look.state.is_running
    return ContainerFacts(
        container_id=record.id,
        name=name_of(record),
        image=shown_image(look),
        command=command_of(look),
        created_at=record.created_at,
        status=look.state.status,
        exit_code=look.state.exit_code,
        started_at=look.state.started_at,
        finished_at=look.state.finished_at,
        health=look.health.status if look.health else "",
        published=published_ports(look) if is_up else (),
        exposed=exposed_ports(look) if is_up else (),
        labels=labels.user_labels(record.labels),
        mounts=mounts_of(look),
        networks=networks_of(record),
        platform=record.labels.get(labels.PLATFORM, ""),
        runtime=record.runtime,
        size=size,
    )


def shown_image(look: Look) -> str:
    """The image as it was typed; docker's short form of its name where nobody remembers that."""
    typed = look.remembered.get("Config", {}).get("Image")
    return str(typed) if typed else familiar_image(look.record.image)


def familiar_image(reference: str) -> str:
    """The image's name as docker shows it; what is no reference is shown as it is."""
    if not reference:
        return ""
    from nerdpy.errors import InvalidArgument
    from nerdpy.model.reference import parse_reference

    try:
        shown = parse_reference(reference).familiar_string
    except InvalidArgument:
        return reference
    return shown.removesuffix(":latest") if "@" not in shown else shown


def command_of(look: Look) -> Sequence[str]:
    """The argument vector: as it was asked for, or from the spec (12 kB of JSON); a broken spec has none."""
    config = look.remembered.get("Config", {})
    if words := [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]:
        return words
    try:
        process = look.record.spec.get("process") or {}
    except ValueError:
        return ()
    return [str(word) for word in process.get("args") or ()]


def published_ports(look: Look) -> list[PortMapping]:
    """The ports that the host forwards while the container runs."""
    ours = [mapping_from_json(entry) for entry in look.lifecycle.get("ports", [])]
    return ours if ours or look.lifecycle else nerdctl.ports_of(look.record)


def exposed_ports(look: Look) -> list[str]:
    """`80/tcp` of each port that the image or --expose names."""
    ours = labels.unpacked(labels.EXPOSED_PORTS, look.record.labels)
    return [str(port) for port in ours] if ours is not None else nerdctl.exposed_of(look.record)


def mounts_of(look: Look) -> list[dict[str, object]]:
    """docker's `Mounts`, from the labels; nerdctl writes the same ones."""
    import json

    found: list[dict[str, object]] = []
    while (text := look.record.labels.get(f"{labels.MOUNTS}.{len(found)}")) is not None:
        try:
            found.append(json.loads(text))
        except ValueError:
            found.append({})
    if found or look.remembered:
        return [mount for mount in found if mount]
    return nerdctl.mounts_of(look.record)


def list_rows(
    engine: Engine,
    *,
    everything: bool,
    last: int,
    filters: Filters,
    with_size: bool,
    no_trunc: bool,
) -> list[ContainerRow]:
    """The rows of `ps`."""
    looks = list_containers(engine, everything=everything, last=last, filters=filters)
    now = datetime.now(UTC)
    sizes = sizes_of(engine, looks) if with_size else {}
    return [
        container_row(row_facts(look, sizes.get(look.record.id, "0B")), now, no_trunc=no_trunc)
        for look in looks
    ]


def sizes_of(engine: Engine, looks: list[Look]) -> dict[str, str]:
    """Id -> `1.2MB (virtual 80MB)`: what the container wrote, and with its image's layers below."""
    from nerdpy.container.size import sizes
    from nerdpy.dockercompat.units import human_size_3

    found: dict[str, str] = {}
    for look in looks:
        own, total = sizes(engine, look.record)
        found[look.record.id] = f"{human_size_3(own)} (virtual {human_size_3(total)})"
    return found
