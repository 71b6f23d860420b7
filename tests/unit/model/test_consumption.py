"""docker's formulas of `stats`."""

import pytest

from nerdpy.model.consumption import NOTHING, Consumption, cpu_percent, memory_percent, without_cache


@pytest.mark.parametrize(
    ("passed", "used", "percent"),
    [(1_000_000_000, 500_000_000, 50), (1_000_000_000, 2_000_000_000, 200), (0, 5, 0), (10, -5, 0)],
)
def test_one_processor_all_of_the_time_is_100(passed: int, used: int, percent: float) -> None:
    before = Consumption(moment=5, cpu=100)
    after = Consumption(moment=5 + passed, cpu=100 + used)
    assert cpu_percent(before, after) == percent


def test_memory_is_told_without_cache_and_against_the_limit() -> None:
    assert without_cache(5000, 2000) == 3000
    assert without_cache(5000, 6000) == 5000
    assert memory_percent(Consumption(memory=25, memory_limit=100)) == 25
    assert memory_percent(NOTHING) == 0
