"""Tasks.Metrics: the numbers of containers' cgroups, decoded."""

from collections.abc import Iterable
from typing import Any

from nerdpy.containerd.api import metrics_pb2 as api
from nerdpy.containerd.calls import Calls

PATH = "/containerd.services.tasks.v1.Tasks/Metrics"


def read_metrics(calls: Calls, container_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Container id -> numbers."""
    request = api.MetricsRequest(filters=[f"id=={container_id}" for container_id in container_ids])
    calls.unary(PATH, request, api.MetricsResponse)
    return {}
