"""Pure: `--restart no|always|unless-stopped|on-failure[:N]`."""

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument

NAMES = ("no", "always", "unless-stopped", "on-failure")


@dataclass(frozen=True)
class RestartPolicy:
    """docker's `HostConfig.RestartPolicy`; `maximum` 0 is no limit."""

    name: str = "no"
    maximum: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.maximum}" if self.maximum else self.name


def parse_restart_policy(text: str) -> RestartPolicy:
    """`text` as docker takes it; an empty one is `no`."""
    name, colon, limit = text.partition(":")
    if name not in ("", *NAMES):
        raise InvalidArgument(
            f'restart policy "{text}" is not known', hint="use no, always, unless-stopped or on-failure[:N]"
        )
    if colon and name != "on-failure":
        raise InvalidArgument(
            f'restart policy "{text}": a maximum retry count can only be used with on-failure'
        )
    if colon and not limit.isdecimal():
        raise InvalidArgument(f'restart policy "{text}": the maximum retry count must be a number, 0 or more')
    return RestartPolicy(name or "no", int(limit) if limit else 0)
