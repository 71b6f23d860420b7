"""containerd.services.version.v1, and grpc.health.v1, which containerd serves too."""

from nerdpy.containerd.calls import Calls
from nerdpy.dataclass import dataclass
from nerdpy.errors import NerdpyError

VERSION = "/containerd.services.version.v1.Version/Version"
HEALTH = "/grpc.health.v1.Health/Check"


@dataclass(frozen=True)
class VersionInfo:
    """`containerd.services.version.v1.VersionResponse`."""

    version: str
    revision: str


def read_version(calls: Calls) -> VersionInfo:
    from nerdpy.containerd.api.version_pb2 import VersionResponse

    answer = VersionResponse.FromString(calls.send(VERSION, b""))
    return VersionInfo(answer.version, answer.revision)


class Health:
    """`client.health`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def check(self) -> None:
        """Raise what stands in the way when containerd does not serve."""
        from nerdpy.containerd.api.health_pb2 import HealthCheckRequest

        self._calls.send(HEALTH, HealthCheckRequest())

    def is_serving(self) -> bool:
        try:
            self.check()
        except NerdpyError:
            return False
        return True
