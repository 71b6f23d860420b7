"""containerd's events in docker's words.

| topic | docker's action |
|---|---|
| `/containers/create`, `/containers/delete` | create, destroy |
| `/tasks/start`, `/tasks/exit`, `/tasks/oom` | start, die (`exec_die` of an exec'd process), oom |
| `/tasks/paused`, `/tasks/resumed`, `/tasks/checkpointed` | pause, unpause, checkpoint |
| `/tasks/exec-added`, `/tasks/exec-started` | exec_create, exec_start |
| `/images/create`, `/images/update`, `/images/delete` | create, update, delete (made without nerdpy) |

Who the container is, containerd says in none of them: that comes from its record, or, when the record has
gone already, from nerdpy's journal.
"""

from datetime import UTC, datetime
from signal import SIGKILL
from typing import Any

from nerdpy.container.status import moment
from nerdpy.container.telling import attributes_of, lasted
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.image.names import shown_name
from nerdpy.model.events import Happening
from nerdpy.model.records import ContainerdEvent

ACTIONS = {
    "/containers/create": "create",
    "/containers/delete": "destroy",
    "/tasks/start": "start",
    "/tasks/exit": "die",
    "/tasks/oom": "oom",
    "/tasks/paused": "pause",
    "/tasks/resumed": "unpause",
    "/tasks/checkpointed": "checkpoint",
    "/tasks/exec-added": "exec_create",
    "/tasks/exec-started": "exec_start",
}
IMAGE_ACTIONS = {"/images/create": "create", "/images/update": "update", "/images/delete": "delete"}
PROBE = "health-check-"
"""How the exec ids of health checks begin: what comes of them is told, they themselves are not."""
TOLD_BY_CONTAINERD = frozenset({*ACTIONS.values(), "exec_die"})
"""What the journal has for the past only."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Translator:
    """Knows the containers that it has heard of."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._attributes: dict[str, dict[str, str]] = {}
        self._commands: dict[str, str] = {}
        self._started: dict[str, datetime] = {}
        self._killed: set[str] = set()
        self._short_of_memory: set[str] = set()
        for record in engine.containerd.containers.list():
            self._attributes[record.id] = attributes_of(record)

    def learn(self, noted: Happening) -> None:
        """Remember from the journal who a container is, and what is exec'd in it."""
        if noted.type != "container":
            return
        attributes = dict(noted.attributes)
        exec_id = attributes.pop("execID", "")
        if exec_id and noted.action.startswith("exec_create"):
            self._commands[exec_id] = noted.action.partition(":")[2]
        if noted.action == "rename" or (noted.action == "create" and noted.id not in self._attributes):
            attributes.pop("oldName", None)
            self._attributes[noted.id] = attributes

    def has_missed(self, noted: Happening) -> bool:
        """Has containerd not told why the container was killed, as nerdpy noted then? The shim looks at the
        counter when it has changed, and may find that systemd was faster and removed it."""
        return noted.action == "oom" and noted.id in self._killed - self._short_of_memory

    def translate(self, event: ContainerdEvent) -> Happening | None:
        """None for what docker does not tell."""
        payload = event.payload
        nanoseconds = (event.timestamp - _EPOCH) // (datetime.resolution) * 1000
        if event.topic in IMAGE_ACTIONS:
            name = str(payload.get("name", ""))
            shown = str(shown_name(name))
            action = IMAGE_ACTIONS[event.topic]
            return Happening(
                nanoseconds=nanoseconds, type="image", action=action, id=name, attributes={"name": shown}
            )
        container_id = str(payload.get("container_id") or payload.get("id") or "")
        if event.topic == "/containers/update":
            self._attributes.pop(container_id, None)  # asked for again when it matters
        action = ACTIONS.get(event.topic, "")
        if not action or _is_probe(payload):
            return None
        who = self._who(container_id, payload)
        action, more = self._more(action, container_id, payload, event.timestamp)
        if action == "destroy":
            self._attributes.pop(container_id, None)
            self._started.pop(container_id, None)
            self._forget(container_id)
        return Happening(
            nanoseconds=nanoseconds,
            type="container",
            action=action,
            id=container_id,
            attributes={**who, **more},
        )

    def _who(self, container_id: str, payload: dict[str, Any]) -> dict[str, str]:
        known = self._attributes.get(container_id)
        if known is None:
            try:
                known = attributes_of(self._engine.containerd.containers.get(container_id))
            except NerdpyError:  # it has gone already
                known = {"image": str(payload["image"])} if payload.get("image") else {}
            self._attributes[container_id] = known
        return known

    def _more(
        self, action: str, container_id: str, payload: dict[str, Any], at: datetime
    ) -> tuple[str, dict[str, str]]:
        """The action and the attributes that belong to it."""
        if action == "start":
            self._started[container_id] = at
            self._forget(container_id)
        if action == "oom":
            self._short_of_memory.add(container_id)
        if action == "die":
            code = {"exitCode": str(payload.get("exit_status") or 0)}
            exec_id = str(payload.get("id") or container_id)
            if exec_id != container_id:
                self._commands.pop(exec_id, None)
                return "exec_die", {**code, "execID": exec_id}
            if payload.get("exit_status") == 128 + SIGKILL:
                self._killed.add(container_id)
            return action, {**code, **lasted(self._start_of(container_id), at)}
        if exec_id := str(payload.get("exec_id") or ""):
            command = self._commands.get(exec_id)
            return f"{action}:{command}" if command else action, {"execID": exec_id}
        return action, {}

    def _forget(self, container_id: str) -> None:
        """The run is over, and so is what was seen of it."""
        self._killed.discard(container_id)
        self._short_of_memory.discard(container_id)

    def _start_of(self, container_id: str) -> datetime | None:
        """As it was seen, or else as it was written down."""
        seen = self._started.get(container_id)
        lifecycle = self._engine.store.containers.load_lifecycle(container_id) if seen is None else {}
        return seen or moment(lifecycle.get("started_at"))


def _is_probe(payload: dict[str, Any]) -> bool:
    return str(payload.get("exec_id") or payload.get("id") or "").startswith(PROBE)
