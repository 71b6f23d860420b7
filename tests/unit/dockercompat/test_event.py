"""docker's forms of an event."""

import time

import pytest

from nerdpy.dockercompat.event import event_row, event_text
from nerdpy.gotemplate.template import Template
from nerdpy.model.events import Happening

EVENT = Happening(
    nanoseconds=1_700_000_000_000_000_007,
    type="container",
    action="start",
    id="12ab",
    attributes={"name": "web", "image": "busybox"},
)


@pytest.mark.parametrize(
    ("zone", "begin"),
    [("UTC", "2023-11-14T22:13:20.000000007Z"), ("Asia/Kolkata", "2023-11-15T03:43:20.000000007+05:30")],
)
def test_a_line_of_text_has_all_nine_digits(zone: str, begin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", {"UTC": "UTC", "Asia/Kolkata": "IST-5:30"}[zone])
    time.tzset()
    try:
        assert event_text(EVENT) == f"{begin} container start 12ab (image=busybox, name=web)"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_json_has_docker_s_keys_in_docker_s_order() -> None:
    assert list(event_row(EVENT).json()) == ["Type", "Action", "Actor", "scope", "time", "timeNano"]
    assert event_row(EVENT).json()["Actor"] == {
        "ID": "12ab",
        "Attributes": {"image": "busybox", "name": "web"},
    }


def test_templates_name_the_fields_of_docker_old_and_new() -> None:
    text = "{{.Type}} {{.Action}} {{.Actor.ID}} {{.Actor.Attributes.name}} {{.Status}} {{.ID}} {{.From}}"
    shown = Template.parse(text).render(event_row(EVENT))
    assert shown == "container start 12ab web start 12ab busybox"
