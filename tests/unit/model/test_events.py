"""What `events --filter` lets through."""

import pytest

from nerdpy import errors
from nerdpy.model.events import KEYS, Happening, check_filters, matches
from nerdpy.model.filters import parse_filters

ID = "0123456789abcdef" * 4
START = Happening(
    nanoseconds=1,
    type="container",
    action="start",
    id=ID,
    attributes={"name": "web", "image": "busybox:latest", "tier": "front", "empty": ""},
)
PULL = Happening(nanoseconds=1, type="image", action="pull", id="alpine:3", attributes={"name": "alpine:3"})
EXEC = Happening(nanoseconds=1, type="container", action="exec_create: ls -l", id=ID)
VOLUME = Happening(nanoseconds=1, type="volume", action="create", id="data", attributes={"driver": "local"})


@pytest.mark.parametrize(
    ("event", "filters", "is_shown"),
    [
        (START, (), True),
        (START, ("event=start",), True),
        (START, ("event=stop", "event=start"), True),
        (START, ("event=stop",), False),
        (START, ("status=start",), True),
        (START, ("event=start", "type=image"), False),
        (START, ("type=container",), True),
        (START, ("scope=local",), True),
        (START, ("scope=swarm",), False),
        (START, ("container=web",), True),
        (START, ("container=we",), True),
        (START, (f"container={ID[:6]}",), True),
        (START, ("container=other", "container=web"), True),
        (START, ("container=other",), False),
        (START, ("container=",), False),
        (START, ("image=busybox",), True),
        (START, ("image=busybox:latest",), True),
        (START, ("image=busy",), False),
        (START, ("label=tier",), True),
        (START, ("label=tier=front",), True),
        (START, ("label=tier=back",), False),
        (START, ("label=tier", "label=none"), False),
        (START, ("label=empty",), True),
        (START, ("volume=data",), False),
        (PULL, ("image=alpine",), True),
        (PULL, ("image=alpine:3", "event=pull"), True),
        (PULL, ("container=alpine",), False),
        (EXEC, ("event=exec_create",), True),
        (EXEC, ("event=exec_create: ls -l",), True),
        (EXEC, ("event=exec_start",), False),
        (VOLUME, ("volume=data",), True),
        (VOLUME, ("daemon=any",), False),
    ],
)
def test_filters_let_through_what_fits(event: Happening, filters: tuple[str, ...], is_shown: bool) -> None:
    assert matches(event, parse_filters(filters, KEYS)) is is_shown


@pytest.mark.parametrize("key", ["config", "node", "secret", "service"])
def test_filters_of_swarm_are_refused(key: str) -> None:
    with pytest.raises(errors.NotImplemented, match="swarm"):
        check_filters(parse_filters([f"{key}=x"], KEYS))
