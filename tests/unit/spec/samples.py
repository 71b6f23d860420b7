"""A machine and a request to build specs from."""

import json
from dataclasses import replace
from typing import Any

from nerdpy.model.capabilities import KNOWN
from nerdpy.model.options import CreateOptions, ImageOptions
from nerdpy.spec.facts import Facts, ImageFacts

ID = "0123456789abcdef" * 4
IMAGE = ImageFacts(
    reference="docker.io/library/web:latest",
    entrypoint=("/entry",),
    command=("serve",),
    environment=("PATH=/opt/bin:/bin", "COLOUR=blue"),
    workdir="/srv",
)
FACTS = Facts(
    container_id=ID,
    image=IMAGE,
    hostname=ID[:12],
    cgroup_version=2,
    cgroup_controllers=("cpuset", "cpu", "io", "memory", "hugetlb", "pids"),
    netns_path="/run/netns/web",
    host_capabilities=KNOWN,
    kernel_capabilities=KNOWN,
    kernel_version=(6, 18),
)
OLD_FACTS = replace(FACTS, cgroup_version=1, cgroup_controllers=("cpuset", "cpu", "memory", "blkio", "pids"))


def asked(**groups: Any) -> CreateOptions:
    """A request for the image, with some groups of options."""
    return CreateOptions(image=ImageOptions(reference="web"), **groups)


def shown(spec: dict[str, Any]) -> str:
    """The spec as text; the seccomp filter, the same in most of them, is only named."""
    linux = {**spec["linux"], **({"seccomp": "[SECCOMP]"} if "seccomp" in spec["linux"] else {})}
    return json.dumps({**spec, "linux": linux}, indent=1) + "\n"
