"""containerd's tasks in a dict, and its events. Pids are counted from 100; signals 9 and 15 end a task."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import Any

from grpc import StatusCode

from nerdpy.containerd.api import events_pb2, payloads_pb2, process_pb2, tasks_pb2
from tests.fakes.grpc_server import Call, Method, Refused, set_now

DEADLY = {9, 15}


class Events:
    """`publish` reaches every subscriber; nobody looks at the filters."""

    def __init__(self) -> None:
        self._queues: list[SimpleQueue[Any]] = []
        self._has_listener = threading.Event()

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.events.v1.Events/"
        return {
            service + "Subscribe": Method(self.subscribe, events_pb2.SubscribeRequest, has_many_answers=True)
        }

    def subscribe(self, _request: Any, call: Call) -> Iterator[Any]:
        queue: SimpleQueue[Any] = SimpleQueue()
        self._queues.append(queue)
        self._has_listener.set()
        if not call.context.add_callback(lambda: queue.put(None)):
            return  # the call has ended already, and nobody would wake us
        while (envelope := queue.get()) is not None:
            yield envelope

    def publish(self, namespace: str, topic: str, payload: Any) -> None:
        envelope = events_pb2.Envelope(namespace=namespace, topic=topic)
        set_now(envelope.timestamp)
        envelope.event.type_url = payload.DESCRIPTOR.full_name
        envelope.event.value = payload.SerializeToString()
        for queue in self._queues:
            queue.put(envelope)

    def await_listener(self) -> None:
        """Return when somebody has subscribed; as in containerd, nobody hears of what was before."""
        assert self._has_listener.wait(10), "nobody subscribes"

    def close(self) -> None:
        for queue in self._queues:
            queue.put(None)


@dataclass
class Task:
    """A task, or a process exec'd in one."""

    request: Any
    """CreateTaskRequest or ExecProcessRequest."""
    process: Any
    ended: threading.Event = field(default_factory=threading.Event)


class Tasks:
    """`rows[namespace, container id, exec id]`, the exec id of a task itself being ""."""

    def __init__(self, events: Events) -> None:
        self.rows: dict[tuple[str, str, str], Task] = {}
        self._events = events
        self._pids = count(100)

    def methods(self) -> dict[str, Method]:
        service = "/containerd.services.tasks.v1.Tasks/"
        api = tasks_pb2
        return {
            service + "Create": Method(self.create, api.CreateTaskRequest),
            service + "Start": Method(self.start, api.StartRequest),
            service + "Delete": Method(self.delete, api.DeleteTaskRequest),
            service + "DeleteProcess": Method(self.delete, api.DeleteProcessRequest),
            service + "Get": Method(self.get, api.GetRequest),
            service + "List": Method(self.list, api.ListTasksRequest),
            service + "Kill": Method(self.kill, api.KillRequest),
            service + "Exec": Method(self.exec, api.ExecProcessRequest),
            service + "ResizePty": Method(self._look, api.ResizePtyRequest),
            service + "CloseIO": Method(self._look, api.CloseIORequest),
            service + "Pause": Method(self.pause, api.PauseTaskRequest),
            service + "Resume": Method(self.resume, api.ResumeTaskRequest),
            service + "ListPids": Method(self.pids, api.ListPidsRequest),
            service + "Update": Method(self._look, api.UpdateTaskRequest),
            service + "Wait": Method(self.wait, api.WaitRequest),
        }

    def task(self, namespace: str, container_id: str, exec_id: str = "") -> Task:
        found = self.rows.get((namespace, container_id, exec_id))
        if found is None:
            what = f"process {exec_id}" if exec_id else f"task {container_id}"
            raise Refused(StatusCode.NOT_FOUND, f"{what}: not found")
        return found

    def _of(self, request: Any, call: Call) -> Task:
        return self.task(call.namespace, request.container_id, getattr(request, "exec_id", ""))

    def _look(self, request: Any, call: Call) -> None:
        self._of(request, call)

    def create(self, request: Any, call: Call) -> Any:
        key = (call.namespace, request.container_id, "")
        if key in self.rows:
            raise Refused(StatusCode.ALREADY_EXISTS, f"task {request.container_id}: already exists")
        process = process_pb2.Process(
            id=request.container_id,
            pid=next(self._pids),
            status=process_pb2.CREATED,
            stdin=request.stdin,
            stdout=request.stdout,
            stderr=request.stderr,
            terminal=request.terminal,
        )
        self.rows[key] = Task(request, process)
        return tasks_pb2.CreateTaskResponse(container_id=request.container_id, pid=process.pid)

    def exec(self, request: Any, call: Call) -> None:
        self.task(call.namespace, request.container_id)
        process = process_pb2.Process(id=request.exec_id, status=process_pb2.CREATED)
        self.rows[call.namespace, request.container_id, request.exec_id] = Task(request, process)

    def start(self, request: Any, call: Call) -> Any:
        process = self._of(request, call).process
        process.pid = process.pid or next(self._pids)
        process.status = process_pb2.RUNNING
        payload = payloads_pb2.TaskStart(container_id=request.container_id, pid=process.pid)
        if not request.exec_id:
            self._events.publish(call.namespace, "/tasks/start", payload)
        return tasks_pb2.StartResponse(pid=process.pid)

    def exit(self, namespace: str, container_id: str, code: int, exec_id: str = "") -> None:
        task = self.task(namespace, container_id, exec_id)
        if task.ended.is_set():
            return
        task.process.status = process_pb2.STOPPED
        task.process.exit_status = code
        set_now(task.process.exited_at)
        task.ended.set()
        payload = payloads_pb2.TaskExit(
            container_id=container_id,
            id=exec_id or container_id,
            pid=task.process.pid,
            exit_status=code,
            exited_at=task.process.exited_at,
        )
        self._events.publish(namespace, "/tasks/exit", payload)

    def kill(self, request: Any, call: Call) -> None:
        task = self._of(request, call)
        if task.process.status == process_pb2.STOPPED:
            raise Refused(StatusCode.NOT_FOUND, "process already finished: not found")
        if request.signal in DEADLY:
            self.exit(call.namespace, request.container_id, 128 + request.signal, request.exec_id)

    def delete(self, request: Any, call: Call) -> Any:
        exec_id = getattr(request, "exec_id", "")
        process = self._of(request, call).process
        if process.status in (process_pb2.RUNNING, process_pb2.PAUSED):
            raise Refused(StatusCode.FAILED_PRECONDITION, f"task {request.container_id} must be stopped")
        del self.rows[call.namespace, request.container_id, exec_id]
        return tasks_pb2.DeleteResponse(
            id=exec_id or request.container_id,
            pid=process.pid,
            exit_status=process.exit_status,
            exited_at=process.exited_at,
        )

    def get(self, request: Any, call: Call) -> Any:
        return tasks_pb2.GetResponse(process=self._of(request, call).process)

    def list(self, _request: Any, call: Call) -> Any:
        found = [
            task.process
            for (namespace, _, exec_id), task in self.rows.items()
            if namespace == call.namespace and not exec_id
        ]
        return tasks_pb2.ListTasksResponse(tasks=found)

    def pause(self, request: Any, call: Call) -> None:
        self._of(request, call).process.status = process_pb2.PAUSED

    def resume(self, request: Any, call: Call) -> None:
        self._of(request, call).process.status = process_pb2.RUNNING

    def pids(self, request: Any, call: Call) -> Any:
        pid = self._of(request, call).process.pid
        return tasks_pb2.ListPidsResponse(processes=[tasks_pb2.ProcessId(pid=pid)])

    def wait(self, request: Any, call: Call) -> Any:
        task = self._of(request, call)
        while not task.ended.wait(0.02) and call.context.is_active():
            pass
        return tasks_pb2.WaitResponse(exit_status=task.process.exit_status, exited_at=task.process.exited_at)

    def close(self) -> None:
        for task in self.rows.values():
            task.ended.set()
