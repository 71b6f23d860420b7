"""Pure: ids of a container that are other ids on the host (user_namespaces(7), subuid(5))."""

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, NotFound


@dataclass(frozen=True)
class IdRange:
    """`size` ids from `container` on are those from `host` on."""

    container: int
    host: int
    size: int


@dataclass(frozen=True, kw_only=True)
class IdMaps:
    """Of users and groups; the first range of each begins with the container's root."""

    uids: tuple[IdRange, ...]
    gids: tuple[IdRange, ...]

    @property
    def root(self) -> tuple[int, int]:
        """Who the container's root is on the host."""
        return self.uids[0].host, self.gids[0].host

    @property
    def inverse(self) -> "IdMaps":
        """The way back: ids of the host that are others in the container."""
        return IdMaps(uids=_turned(self.uids), gids=_turned(self.gids))


def _turned(ranges: tuple[IdRange, ...]) -> tuple[IdRange, ...]:
    return tuple(IdRange(one.host, one.container, one.size) for one in ranges)


def render_ranges(ranges: tuple[IdRange, ...]) -> str:
    """`0:100000:1000,1000:300000:64536`, as containerd's snapshotters and labels have it."""
    return ",".join(f"{one.container}:{one.host}:{one.size}" for one in ranges)


def parse_ranges(text: str) -> tuple[IdRange, ...]:
    """The same back."""
    return tuple(IdRange(*map(int, one.split(":"))) for one in text.split(","))


def render_map(ranges: tuple[IdRange, ...]) -> str:
    """The content of /proc/PID/uid_map."""
    return "".join(f"{one.container} {one.host} {one.size}\n" for one in ranges)


def host_id(ranges: tuple[IdRange, ...], number: int) -> int:
    """Whose it is on the host; an id without a counterpart is left as it is, and is nobody's inside."""
    for one in ranges:
        if one.container <= number < one.container + one.size:
            return one.host + number - one.container
    return number


def parse_remap(text: str) -> tuple[str, str]:
    """`NAME|UID[:GROUP|GID]` -> (user, group); the group's name is the user's where none is given."""
    user, colon, group = text.partition(":")
    if not user or (colon and not group):
        raise InvalidArgument(f'invalid --userns-remap "{text}"', hint="write USER, or USER:GROUP")
    return user, group or user


def find_ranges(text: str, owners: tuple[str, ...], *, path: str) -> tuple[IdRange, ...]:
    """The ranges that /etc/subuid or /etc/subgid (`text`) gives to an owner, whose names and number are
    `owners`, laid end to end from the container's id 0 on: on the host they may lie anywhere."""
    ranges: list[IdRange] = []
    for line in text.splitlines():
        owner, _, rest = line.strip().partition(":")
        start, _, size = rest.partition(":")
        if owner in owners and start.isdecimal() and size.isdecimal() and int(size):
            taken = ranges[-1].container + ranges[-1].size if ranges else 0
            ranges.append(IdRange(taken, int(start), int(size)))
    if not ranges:
        raise NotFound(
            f'{path} gives no ids to "{owners[0]}"',
            hint=f"add a line such as NAME:100000:65536 to {path}",
        )
    return tuple(ranges)
