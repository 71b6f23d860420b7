"""containerd in dicts: a real gRPC server on a unix socket, in this process.

It keeps records as containerd does (by namespace, with its errors), and nothing happens behind them: a task
"runs" until a test calls `exit`. Not served: transfer, diff, plugin details. `calls`, `fail` and `hang` are
those of tests/fakes/grpc_server.py.
"""

from pathlib import Path
from typing import Any

import grpc

from tests.fakes import containerd_content, containerd_records, containerd_tasks
from tests.fakes.containerd_tasks import Tasks
from tests.fakes.grpc_server import Method, Server


class FakeContainerd(Server):
    """`with FakeContainerd(tmp_path / "c.sock") as containerd: Client.connect(containerd.address, "n")`"""

    def __init__(self, socket: Path) -> None:
        self.containers = containerd_records.Containers()
        self.images = containerd_records.Images()
        self.namespaces = containerd_records.Namespaces()
        self.leases = containerd_records.Leases()
        self.content = containerd_content.Content()
        self.snapshots = containerd_content.Snapshots()
        self.events = containerd_tasks.Events()
        self.tasks = Tasks(self.events)
        methods: dict[str, Method] = {}
        for part in (
            self.containers,
            self.images,
            self.namespaces,
            self.leases,
            self.content,
            self.snapshots,
            self.events,
            self.tasks,
        ):
            methods |= part.methods()
        methods |= containerd_records.server_methods()
        super().__init__(socket, methods)

    def __enter__(self) -> "FakeContainerd":
        return self

    def __exit__(self, *_: object) -> None:
        self.events.close()
        self.tasks.close()
        self.stop()

    def exit(self, namespace: str, container_id: str, code: int = 0, exec_id: str = "") -> None:
        """End a task, or a process exec'd in it: its waiters are answered, an event is published."""
        self.tasks.exit(namespace, container_id, code, exec_id)

    def refuse(self, method: str, code: str, details: str = "") -> None:
        """`refuse("Tasks.Create", "INTERNAL", "...")`: the next such call fails."""
        self.fail(method, grpc.StatusCode[code], details)

    def headers(self, method: str) -> dict[str, Any]:
        """Of the last call of `Service.Method`."""
        return self.called(method)[-1].headers
