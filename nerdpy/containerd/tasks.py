"""containerd.services.tasks.v1: the running side of containers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nerdpy.containerd import wire
from nerdpy.containerd.api import process_pb2
from nerdpy.containerd.api import tasks_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.typeurl import CHECKPOINT_OPTIONS, PROCESS, RESOURCES, to_json
from nerdpy.containerd.waiting import Waiting
from nerdpy.model.records import SnapshotMount, TaskStatus

if TYPE_CHECKING:
    import builtins

    from nerdpy.containerd.api.process_pb2 import Process
    from nerdpy.containerd.api.tasks_pb2 import DeleteResponse

SERVICE = "/containerd.services.tasks.v1.Tasks/"
STATUS = {
    process_pb2.CREATED: "created",
    process_pb2.RUNNING: "running",
    process_pb2.STOPPED: "stopped",
    process_pb2.PAUSED: "paused",
    process_pb2.PAUSING: "pausing",
}
CHECKPOINT_DEADLINE = timedelta(hours=1)
"""All the memory of the container is written."""
CREATE_DEADLINE = timedelta(seconds=120)
"""containerd itself gives a shim and the runtime their own, shorter limits; this one is for a busy disk."""


class Tasks:
    """`client.tasks`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._slow = calls.within(max(calls.deadline, CREATE_DEADLINE))

    def create(
        self,
        container_id: str,
        *,
        mounts: Sequence[SnapshotMount],
        stdin: str = "",
        stdout: str = "",
        stderr: str = "",
        has_tty: bool = False,
        runtime_options: tuple[str, bytes] | None = None,
    ) -> int:
        """Make the task, not started yet; its pid. stdin and the rest are FIFO paths or log URIs."""
        request = api.CreateTaskRequest(
            container_id=container_id,
            rootfs=wire.wire_mounts(mounts),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            terminal=has_tty,
        )
        if runtime_options is not None:
            request.options.type_url, request.options.value = runtime_options
        return self._slow.unary(SERVICE + "Create", request, api.CreateTaskResponse).pid

    def start(self, container_id: str, exec_id: str = "") -> int:
        request = api.StartRequest(container_id=container_id, exec_id=exec_id)
        return self._slow.unary(SERVICE + "Start", request, api.StartResponse).pid

    def delete(self, container_id: str) -> TaskStatus:
        """Take a stopped task away; what it ended with."""
        request = api.DeleteTaskRequest(container_id=container_id)
        return _deleted(container_id, self._slow.unary(SERVICE + "Delete", request, api.DeleteResponse))

    def delete_process(self, container_id: str, exec_id: str) -> TaskStatus:
        request = api.DeleteProcessRequest(container_id=container_id, exec_id=exec_id)
        answer = self._calls.unary(SERVICE + "DeleteProcess", request, api.DeleteResponse)
        return _deleted(container_id, answer, exec_id)

    def get(self, container_id: str, exec_id: str = "") -> TaskStatus:
        request = api.GetRequest(container_id=container_id, exec_id=exec_id)
        process = self._calls.unary(SERVICE + "Get", request, api.GetResponse).process
        return _status(process, container_id, exec_id)

    def list(self) -> list[TaskStatus]:
        """The tasks of the namespace, without exec'd processes."""
        answer = self._calls.unary(SERVICE + "List", api.ListTasksRequest(), api.ListTasksResponse)
        return [_status(process, process.container_id or process.id) for process in answer.tasks]

    def kill(self, container_id: str, signal: int, *, exec_id: str = "", everyone: bool = False) -> None:
        request = api.KillRequest(container_id=container_id, exec_id=exec_id, signal=signal, all=everyone)
        self._calls.send(SERVICE + "Kill", request)

    def exec(
        self,
        container_id: str,
        exec_id: str,
        *,
        process: Mapping[str, Any],
        stdin: str = "",
        stdout: str = "",
        stderr: str = "",
        has_tty: bool = False,
    ) -> None:
        """Add a process to the task; `start` with the same exec id starts it."""
        request = api.ExecProcessRequest(
            container_id=container_id,
            exec_id=exec_id,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            terminal=has_tty,
        )
        request.spec.type_url, request.spec.value = PROCESS, to_json(dict(process))
        self._calls.send(SERVICE + "Exec", request)

    def resize(self, container_id: str, *, columns: int, rows: int, exec_id: str = "") -> None:
        request = api.ResizePtyRequest(container_id=container_id, exec_id=exec_id, width=columns, height=rows)
        self._calls.send(SERVICE + "ResizePty", request)

    def close_stdin(self, container_id: str, exec_id: str = "") -> None:
        """The shim holds stdin's FIFO open until it is told that no more comes."""
        request = api.CloseIORequest(container_id=container_id, exec_id=exec_id, stdin=True)
        self._calls.send(SERVICE + "CloseIO", request)

    def pause(self, container_id: str) -> None:
        self._calls.send(SERVICE + "Pause", api.PauseTaskRequest(container_id=container_id))

    def resume(self, container_id: str) -> None:
        self._calls.send(SERVICE + "Resume", api.ResumeTaskRequest(container_id=container_id))

    def checkpoint(self, container_id: str, *, image_path: str, work_path: str, exits: bool) -> None:
        """Have CRIU write the processes' state into the folder `image_path` of this machine, and its log into
        `work_path`; the task ends if it `exits`. For the runc shim."""
        from nerdpy.containerd.api.checkpoint_pb2 import CheckpointTaskRequest
        from nerdpy.containerd.api.runc_options_pb2 import CheckpointOptions

        options = CheckpointOptions(exit=exits, image_path=image_path, work_path=work_path)
        request = CheckpointTaskRequest(container_id=container_id)
        request.options.type_url, request.options.value = CHECKPOINT_OPTIONS, options.SerializeToString()
        self._calls.within(CHECKPOINT_DEADLINE).send(SERVICE + "Checkpoint", request)

    def pids(self, container_id: str) -> "builtins.list[int]":
        """Every process of the container, as the host numbers them."""
        request = api.ListPidsRequest(container_id=container_id)
        answer = self._calls.unary(SERVICE + "ListPids", request, api.ListPidsResponse)
        return [process.pid for process in answer.processes]

    def wait(self, container_id: str, exec_id: str = "") -> Waiting:
        """The question is on its way when this returns, so nothing that ends after it is missed."""
        request = api.WaitRequest(container_id=container_id, exec_id=exec_id)
        return Waiting(self._calls, SERVICE + "Wait", request)

    def update(
        self,
        container_id: str,
        resources: Mapping[str, Any],
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Change the limits of a running task; `resources` is the OCI spec's linux.resources."""
        request = api.UpdateTaskRequest(container_id=container_id, annotations=annotations or {})
        request.resources.type_url, request.resources.value = RESOURCES, to_json(dict(resources))
        self._calls.send(SERVICE + "Update", request)

    def metrics(self, *container_ids: str) -> dict[str, dict[str, Any]]:
        """Container id -> its cgroup's numbers (see `containerd/metrics.py`); one call for all of them."""
        from nerdpy.containerd.metrics import read_metrics

        return read_metrics(self._calls, container_ids)


def _status(process: "Process", container_id: str, exec_id: str = "") -> TaskStatus:
    """containerd leaves `container_id` empty, and `id` is the container's or the exec id: the asker knows."""
    return TaskStatus(
        id=container_id,
        pid=process.pid,
        status=STATUS.get(process.status, "unknown"),
        exit_code=process.exit_status,
        exited_at=wire.time_of(process.exited_at),
        exec_id=exec_id,
    )


def _deleted(container_id: str, answer: "DeleteResponse", exec_id: str = "") -> TaskStatus:
    return TaskStatus(
        id=container_id,
        pid=answer.pid,
        status="stopped",
        exit_code=answer.exit_status,
        exited_at=wire.time_of(answer.exited_at),
        exec_id=exec_id,
    )
