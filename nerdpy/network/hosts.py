"""Pure: the text of a container's /etc/hosts.

Above the marked block stand the lines of localhost and --add-host, written once; what the user changes there
stays. The block holds the container's own addresses, and its neighbours' where no DNS server tells them; it
is written anew whenever they change.
"""

import re
from collections.abc import Iterable, Sequence

from nerdpy.dataclass import dataclass
from nerdpy.network.attachment import Attachment, ContainerNames, NetworkAttachment

BEGIN = "# <nerdpy>"
END = "# </nerdpy>"
_BLOCK = re.compile(rf"^{BEGIN}\r?\n(?:(?!{BEGIN}\r?$).*\n)*?{END}\r?(?:\n|\Z)", re.MULTILINE)
"""From one mark to the other; a mark without its partner is the user's text."""
LOCALHOST = (
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
)


def first_hosts(extra_hosts: Iterable[tuple[str, str]] = (), block: Sequence[str] = ()) -> str:
    """The file of a new container."""
    lines = [*LOCALHOST, *(f"{address}\t{host}" for host, address in extra_hosts)]
    return rewritten("\n".join(lines) + "\n", block)


def rewritten(text: str, block: Sequence[str]) -> str:
    """`text` with its marked block replaced (or put at the end); everything else stays to the byte."""
    body = "".join(f"{line}\n" for line in (BEGIN, *block, END))
    old = _BLOCK.search(text)
    if old:
        return text[: old.start()] + body + text[old.end() :]
    if text and not text.endswith("\n"):
        text += "\n"
    return text + body


def own_lines(attachment: Attachment) -> list[str]:
    """The container's own addresses, with every name that it has: the full one first, and its first part
    alone, as `hostname -f` and `hostname -s` look for them."""
    names = attachment.names
    full = _qualified(names) or names.hostname
    words = _words([full, names.hostname, full.partition(".")[0], names.name])
    return [f"{address}\t{words}" for address in _addresses(attachment) if words]


@dataclass(frozen=True)
class Told:
    """What the neighbours of one container on one network are told of it."""

    container_id: str
    network: str
    lines: tuple[str, ...]


def told_of(containers: Iterable[Attachment]) -> list[Told]:
    """All that neighbours are told: made once, for it is the same in everybody's file."""
    return [
        Told(one.container_id, network.name, _told_lines(one, network))
        for one in containers
        if one.is_attached
        for network in one.networks
    ]


def neighbour_lines(own: Attachment, told: Iterable[Told], silent: Iterable[str] = ()) -> list[str]:
    """The other containers on the same networks, but for those of `silent`: the default network, and
    networks whose names a DNS server tells."""
    shared = {network.name for network in own.networks} - set(silent)
    return [
        line
        for one in told
        if one.network in shared and one.container_id != own.container_id
        for line in one.lines
    ]


def _told_lines(container: Attachment, network: NetworkAttachment) -> tuple[str, ...]:
    words = _words(names_on(container, network))
    return tuple(f"{one}\t{words}" for one in (network.address, network.address6) if one)


def names_on(container: Attachment, network: NetworkAttachment) -> list[str]:
    """What the container is called on one of its networks: each name alone, and below the network's."""
    names = container.names
    found = [names.name, names.hostname, *network.aliases, container.container_id[:12]]
    plain = list(dict.fromkeys(filter(None, found)))
    return [*filter(None, [_qualified(names)]), *plain, *(f"{name}.{network.name}" for name in plain)]


def can_stand_in_hosts(name: str) -> bool:
    """Is it one word of a hosts file? One with a line break in it would write its neighbours' lines."""
    return bool(name) and name.isprintable() and not any(one in " #" or one.isspace() for one in name)


def _qualified(names: ContainerNames) -> str:
    return f"{names.hostname}.{names.domainname}" if names.hostname and names.domainname else ""


def _addresses(attachment: Attachment) -> list[str]:
    return [one for network in attachment.networks for one in (network.address, network.address6) if one]


def _words(names: Iterable[str]) -> str:
    return " ".join(name for name in dict.fromkeys(names) if can_stand_in_hosts(name))
