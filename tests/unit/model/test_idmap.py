"""Ids that are others on the host."""

import pytest

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.idmap import (
    IdMaps,
    IdRange,
    find_ranges,
    host_id,
    parse_ranges,
    parse_remap,
    render_map,
    render_ranges,
)

TEXT = "me:100000:1000\n# a comment\nother:1:5\n1000:300000:64536\nme:broken\nme:5:0\n\n"
MAPS = (IdRange(0, 100000, 1000), IdRange(1000, 300000, 64536))


def test_ranges_of_one_owner_are_laid_end_to_end() -> None:
    assert find_ranges(TEXT, ("me", "1000"), path="/etc/subuid") == MAPS
    assert find_ranges(TEXT, ("other",), path="/etc/subuid") == (IdRange(0, 1, 5),)


def test_an_owner_without_ranges_is_told_where_to_add_some() -> None:
    with pytest.raises(NotFound, match='/etc/subgid gives no ids to "them"') as raised:
        find_ranges(TEXT, ("them", "7"), path="/etc/subgid")
    assert "100000:65536" in (raised.value.hint or "")


def test_maps_are_written_for_containerd_and_for_the_kernel() -> None:
    assert render_ranges(MAPS) == "0:100000:1000,1000:300000:64536"
    assert parse_ranges(render_ranges(MAPS)) == MAPS
    assert render_map(MAPS) == "0 100000 1000\n1000 300000 64536\n"
    assert IdMaps(uids=MAPS, gids=(IdRange(0, 7, 1),)).root == (100000, 7)


@pytest.mark.parametrize(
    ("inside", "outside"), [(0, 100000), (999, 100999), (1000, 300000), (65535, 364535), (65536, 65536)]
)
def test_an_id_is_looked_up(inside: int, outside: int) -> None:
    assert host_id(MAPS, inside) == outside


def test_who_is_meant() -> None:
    assert parse_remap("me") == ("me", "me")
    assert parse_remap("me:them") == ("me", "them")
    for text in ("", ":x", "me:"):
        with pytest.raises(InvalidArgument):
            parse_remap(text)
