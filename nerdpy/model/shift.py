"""Pure: what becomes of owners and file capabilities on the way into a container with other ids, and out."""

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.idmap import IdMaps, IdRange

NOBODY = 65534
"""Who the kernel shows where an id has no counterpart (/proc/sys/kernel/overflowuid)."""
_REVISION_2, _REVISION_3 = b"\x00\x00\x00\x02", b"\x00\x00\x00\x03"
"""struct vfs_cap_data, capabilities(7): the last byte of its first word. The third revision names, in four
more bytes at its end, the root of the user namespace in which the capabilities count."""
_SIZE_2, _SIZE_3 = 20, 24


@dataclass(frozen=True)
class Shift:
    """Nothing happens to a container that has the host's ids (`maps` None)."""

    maps: IdMaps | None = None
    is_inwards: bool = True

    def owner(self, user: int, group: int) -> tuple[int, int]:
        """InvalidArgument for one that the container has not; what comes out of it is nobody's then."""
        if self.maps is None:
            return user, group
        if self.is_inwards:
            return _inwards(self.maps.uids, user, "user"), _inwards(self.maps.gids, group, "group")
        back = self.maps.inverse
        return _outwards(back.uids, user), _outwards(back.gids, group)

    def capabilities(self, value: bytes) -> bytes:
        """security.capability, as it must be written on the other side."""
        if self.maps is None:
            return value
        root = self.maps.root[0].to_bytes(4, "little")
        if self.is_inwards and len(value) == _SIZE_2 and value[3:4] == _REVISION_2[3:]:
            return value[:3] + _REVISION_3[3:] + value[4:] + root
        if not self.is_inwards and len(value) == _SIZE_3 and value[_SIZE_2:] == root:
            return value[:3] + _REVISION_2[3:] + value[4:_SIZE_2]
        return value


SAME = Shift()
"""Both sides have the same ids."""


def _counterpart(ranges: tuple[IdRange, ...], number: int) -> int | None:
    for one in ranges:
        if one.container <= number < one.container + one.size:
            return one.host + number - one.container
    return None


def _inwards(ranges: tuple[IdRange, ...], number: int, what: str) -> int:
    found = _counterpart(ranges, number)
    if found is None:
        raise InvalidArgument(
            f"{what} {number} does not exist in the container: its ids are remapped",
            hint="copy without --archive, or give --userns-remap more ids",
        )
    return found


def _outwards(ranges: tuple[IdRange, ...], number: int) -> int:
    found = _counterpart(ranges, number)
    return NOBODY if found is None else found
