"""Pure: an event in docker's forms: a line of text, its JSON, and the fields of its template."""

from datetime import UTC, datetime
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.model.events import SECOND, Happening


@dataclass(frozen=True)
class Actor:
    """Whom it happened to."""

    ID: str
    Attributes: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """The fields are those of docker's template; `Status`, `ID` and `From` are those of older ones."""

    Type: str
    Action: str
    Actor: Actor
    Scope: str
    Time: int
    TimeNano: int

    @property
    def Status(self) -> str:
        return self.Action

    @property
    def ID(self) -> str:
        return self.Actor.ID

    @property
    def From(self) -> str:
        return self.Actor.Attributes.get("image", "")

    def MarshalJSON(self) -> str:
        """docker's keys in docker's order."""
        from nerdpy.gotemplate.encode import json_text

        return json_text(self.json(), is_html_safe=True)

    def json(self) -> dict[str, Any]:
        return {
            "Type": self.Type,
            "Action": self.Action,
            "Actor": {"ID": self.Actor.ID, "Attributes": self.Actor.Attributes},
            "scope": self.Scope,
            "time": self.Time,
            "timeNano": self.TimeNano,
        }


def event_row(event: Happening) -> EventRow:
    return EventRow(
        Type=event.type,
        Action=event.action,
        Actor=Actor(event.id, dict(sorted(event.attributes.items()))),
        Scope="local",
        Time=event.nanoseconds // SECOND,
        TimeNano=event.nanoseconds,
    )


def event_text(event: Happening) -> str:
    """`2026-01-02T03:04:05.000000006Z container start 1234 (image=busybox, name=web)`; the time is local."""
    seconds, fraction = divmod(event.nanoseconds, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC).astimezone()
    zone = moment.strftime("%z")
    shown = "Z" if zone in {"", "+0000"} else f"{zone[:3]}:{zone[3:]}"
    head = f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09d}{shown} {event.type} {event.action} {event.id}"
    attributes = ", ".join(f"{key}={value}" for key, value in sorted(event.attributes.items()))
    return f"{head} ({attributes})" if attributes else head
