"""Limits."""

import pytest

from nerdpy.model.options import ResourceOptions
from nerdpy.spec.resources import build_resources, swap_limit
from tests.unit.spec.samples import FACTS, OLD_FACTS


@pytest.mark.parametrize(
    ("memory", "memory_swap", "swap"), [(100, 0, 200), (100, -1, -1), (100, 150, 150), (0, 0, 0), (0, -1, -1)]
)
def test_memory_alone_means_as_much_swap_again(memory: int, memory_swap: int, swap: int) -> None:
    assert swap_limit(memory, memory_swap) == swap


@pytest.mark.parametrize("limit", [0, -1])
def test_no_pids_limit_is_written_when_none_was_asked_for(limit: int) -> None:
    assert build_resources(ResourceOptions(pids_limit=limit), FACTS) == {}


def test_what_only_the_old_cgroups_have_is_written_there_only() -> None:
    asked = ResourceOptions(memory=1, memory_swappiness=0, oom_kill_disable=True)
    old = {"limit": 1, "swap": 2, "swappiness": 0, "disableOOMKiller": True}
    assert build_resources(asked, OLD_FACTS)["memory"] == old
    assert build_resources(asked, FACTS)["memory"] == {"limit": 1, "swap": 2}
