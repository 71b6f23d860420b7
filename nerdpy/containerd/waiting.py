"""An exit that is being waited for: `Tasks.Wait` under way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nerdpy.containerd import wire
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.channel import import_grpc
from nerdpy.errors import Cancelled, DeadlineExceeded

if TYPE_CHECKING:
    from nerdpy.containerd.api.tasks_pb2 import WaitRequest


class Waiting:
    """`client.tasks.wait(...)`. Every method may be called from any thread."""

    def __init__(self, calls: Calls, path: str, request: "WaitRequest") -> None:
        self._calls, self._path = calls, path
        self._future = calls.begin(path, request)

    def result(self, timeout: timedelta | None = None) -> tuple[int, datetime]:
        """Exit code and time; DeadlineExceeded when `timeout` is over first (the call goes on)."""
        from nerdpy.containerd.api.tasks_pb2 import WaitResponse

        grpc = import_grpc()
        try:
            with self._calls.translating(self._path):
                data = self._future.result(timeout.total_seconds() if timeout is not None else None)
        except grpc.FutureTimeoutError as error:
            raise DeadlineExceeded("the process has not ended yet") from error
        except grpc.FutureCancelledError as error:
            raise Cancelled("nobody waits for the process any more") from error
        answer = WaitResponse.FromString(data)
        return answer.exit_status, wire.time_of(answer.exited_at) or datetime.now(UTC)

    def done(self) -> bool:
        return bool(self._future.done())

    def cancel(self) -> None:
        self._future.cancel()

    def on_done(self, callback: Callable[["Waiting"], None]) -> None:
        """Call back, from a thread of gRPC's, when the process has ended or the call has failed."""
        self._future.add_done_callback(lambda _: callback(self))
