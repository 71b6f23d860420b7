"""Pure: does a container fit the filters of `ps`? Same key: any of them; different keys: all of them
(labels: all)."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from nerdpy import errors, labels
from nerdpy.container.endpoints import networks_of
from nerdpy.container.find import name_of
from nerdpy.container.look import Look
from nerdpy.errors import InvalidArgument
from nerdpy.model.filters import Filters
from nerdpy.model.health import STATES as HEALTHS

KEYS = (
    "ancestor", "before", "exited", "expose", "health", "id", "is-task", "label", "name", "network",
    "publish",
    "since", "status", "volume",
)  # fmt: skip
STATUSES = ("created", "restarting", "running", "removing", "paused", "exited", "dead")


def implies_all(filters: Filters) -> bool:
    """A filter on states or exit codes is about containers that do not run, too."""
    return "status" in filters or "exited" in filters


def anchors_of(filters: Filters) -> list[str]:
    """The containers that `before` and `since` name."""
    return [*filters.get("before"), *filters.get("since")]


def check_filters(filters: Filters) -> Filters:
    """Refuse values that can never match; unknown keys were refused by the parser."""
    for status in filters.get("status"):
        if status not in STATUSES:
            raise InvalidArgument(
                f'invalid filter "status={status}"', hint=f"the states are {', '.join(STATUSES)}"
            )
    for health in filters.get("health"):
        if health not in HEALTHS:
            raise InvalidArgument(
                f'invalid filter "health={health}"', hint=f"the states are {', '.join(HEALTHS)}"
            )
    for code in filters.get("exited"):
        if not re.fullmatch(r"-?\d+", code):
            raise InvalidArgument(f'invalid filter "exited={code}": not a number')
    for pattern in filters.get("name"):
        try:
            re.compile(pattern)
        except re.error as error:
            raise InvalidArgument(f'invalid filter "name={pattern}": {error}') from error
    if "is-task" in filters:
        raise errors.NotImplemented("the filter is-task is for swarm, which nerdpy has not")
    return filters


def matches(
    look: Look,
    filters: Filters,
    anchors: Mapping[str, datetime],
    kin: Mapping[str, Collection[str]] | None = None,
) -> bool:
    """Does this container fit every key? `kin` has the ids of the containers that descend from an image; of
    one that is not in it only the name is known."""
    relatives = kin or {}
    return all(
        any(_descends_from(look, text, relatives) for text in wanted)
        if key == "ancestor"
        else _fits(look, key, wanted, anchors)
        for key, wanted in filters.values.items()
    )


def _fits(look: Look, key: str, wanted: Sequence[str], anchors: Mapping[str, datetime]) -> bool:
    if key == "label":
        return all(_has_label(look, text) for text in wanted)
    return any(_one_fits(look, key, text, anchors) for text in wanted)


def _one_fits(look: Look, key: str, text: str, anchors: Mapping[str, datetime]) -> bool:
    record, state = look.record, look.state
    created = record.created_at
    tests = {
        "id": lambda: bool(text) and record.id.startswith(text),
        "name": lambda: _name_fits(record.labels, name_of(record), text),
        "status": lambda: state.status == text,
        "exited": lambda: state.status == "exited" and state.exit_code == int(text),
        "health": lambda: text == (look.health.status if look.health else "none"),
        "before": lambda: created is not None and created < anchors[text],
        "since": lambda: created is not None and created > anchors[text],
        "network": lambda: text in networks_of(record),
        "volume": lambda: _has_mount(look, text),
        "publish": lambda: _has_port(look, text, published=True),
        "expose": lambda: _has_port(look, text, published=False),
    }
    return tests[key]()


def _name_fits(values: Mapping[str, str], name: str, pattern: str) -> bool:
    """docker matches names with and without their leading slash."""
    return bool(re.search(pattern, name) or re.search(pattern, f"/{name}"))


def _has_label(look: Look, text: str) -> bool:
    key, equals, value = text.partition("=")
    have = labels.user_labels(look.record.labels)
    return have.get(key) == value if equals else key in have


def _has_mount(look: Look, text: str) -> bool:
    from nerdpy.container.ls import mounts_of

    return any(
        text in (mount.get("Name"), mount.get("Source"), mount.get("Destination"))
        for mount in mounts_of(look)
    )


def _descends_from(look: Look, text: str, kin: Mapping[str, Collection[str]]) -> bool:
    from nerdpy.model.reference import parse_reference

    if text in kin:
        return look.record.id in kin[text]
    image_id = look.record.labels.get(labels.IMAGE_ID, "")
    bare = image_id.partition(":")[2]
    if len(text) >= 4 and (image_id.startswith(text) or bare.startswith(text)):
        return True
    try:
        return look.record.image == str(parse_reference(text))
    except InvalidArgument:
        return look.record.image == text


def _has_port(look: Look, text: str, *, published: bool) -> bool:
    from nerdpy.container.ls import exposed_ports, published_ports

    span, _, protocol = text.partition("/")
    first, _, last = span.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise InvalidArgument(f'invalid port "{text}" in a filter', hint="80, 80/tcp or 80-90/tcp")
    numbers = range(int(first), int(last or first) + 1)
    if published:
        have = [(mapping.host_port, mapping.protocol) for mapping in published_ports(look)]
    else:
        have = [(int(port.partition("/")[0]), port.partition("/")[2]) for port in exposed_ports(look)]
        have += [(mapping.container_port, mapping.protocol) for mapping in published_ports(look)]
    return any(port in numbers and kind == (protocol or "tcp") for port, kind in have)
