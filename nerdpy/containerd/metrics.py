"""Tasks.Metrics: the numbers of containers' cgroups, decoded."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from nerdpy.containerd import wire
from nerdpy.containerd.api import metrics_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.typeurl import name_of

PATH = "/containerd.services.tasks.v1.Tasks/Metrics"
KINDS = {
    "io.containerd.cgroups.v1.Metrics": ("cgroups_v1_pb2", 1),
    "io.containerd.cgroups.v2.Metrics": ("cgroups_v2_pb2", 2),
}


def read_metrics(calls: Calls, container_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Container id -> numbers by the names of api/cgroups_v1.proto or cgroups_v2.proto.

    Beside them stand `timestamp` and `cgroup_version`, 0 for numbers of an unknown kind. Without ids,
    every task of the namespace; a task that has gone is left out.
    """
    request = api.MetricsRequest(filters=[f"id=={container_id}" for container_id in container_ids])
    answer = calls.unary(PATH, request, api.MetricsResponse)
    return {metric.id: _numbers(metric) for metric in answer.metrics}


def _numbers(metric: api.Metric) -> dict[str, Any]:
    module, version = KINDS.get(name_of(metric.data.type_url), ("", 0))
    numbers = {"cgroup_version": version, "timestamp": wire.time_of(metric.timestamp)}
    if module:
        kind = import_module(f"nerdpy.containerd.api.{module}").Metrics
        numbers.update(wire.plain(kind.FromString(metric.data.value)))
    return numbers
