"""The rows of `system df`."""

import pytest

from nerdpy.dockercompat.disk import disk_row


@pytest.mark.parametrize(
    ("size", "free", "shown"),
    [
        (0, 0, "0B"),
        (1000, 0, "0B (0%)"),
        (16_430_000, 11_630_000, "11.63MB (70%)"),
        (212, 212, "212B (100%)"),
    ],
)
def test_what_is_reclaimable_stands_beside_its_share(size: int, free: int, shown: str) -> None:
    row = disk_row("Images", 5, 2, size, free)
    assert (row.TotalCount, row.Active, row.Reclaimable) == ("5", "2", shown)
