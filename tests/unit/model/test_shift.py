"""Owners and file capabilities on their way into a container with other ids, and out."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.idmap import IdMaps, IdRange
from nerdpy.model.shift import NOBODY, SAME, Shift

RANGES = (IdRange(0, 100000, 1000), IdRange(1000, 300000, 64536))
MAPS = IdMaps(uids=RANGES, gids=(IdRange(0, 500000, 65536),))
IN, OUT = Shift(MAPS), Shift(MAPS, is_inwards=False)
OF_THE_HOST = bytes.fromhex("0100000200200000000000000000000000000000")
OF_THE_CONTAINER = bytes.fromhex("0100000300200000000000000000000000000000") + (100000).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("inside", "outside"),
    [((0, 0), (100000, 500000)), ((999, 1), (100999, 500001)), ((1000, 65535), (300000, 565535))],
)
def test_there_and_back(inside: tuple[int, int], outside: tuple[int, int]) -> None:
    assert IN.owner(*inside) == outside
    assert OUT.owner(*outside) == inside
    assert SAME.owner(*inside) == inside


def test_who_has_no_counterpart_is_refused_inwards_and_nobody_outwards() -> None:
    assert OUT.owner(0, 500000) == (NOBODY, 0)
    with pytest.raises(InvalidArgument, match="user 65536 does not exist in the container"):
        IN.owner(65536, 0)
    with pytest.raises(InvalidArgument, match="group 70000 does not exist in the container"):
        IN.owner(0, 70000)


def test_capabilities_are_those_of_the_root_of_the_side_they_are_on() -> None:
    assert IN.capabilities(OF_THE_HOST) == OF_THE_CONTAINER
    assert OUT.capabilities(OF_THE_CONTAINER) == OF_THE_HOST
    assert SAME.capabilities(OF_THE_HOST) == OF_THE_HOST
    foreign = OF_THE_CONTAINER[:-4] + (7).to_bytes(4, "little")
    assert OUT.capabilities(foreign) == foreign
    assert IN.capabilities(b"") == b""
