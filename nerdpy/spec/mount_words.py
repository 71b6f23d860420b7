"""Pure: the option words of one OCI mount."""

from collections.abc import Iterable

from nerdpy.model.mounts import MountRequest

_TMPFS = ("noexec", "nosuid", "nodev", "rprivate")
_OPPOSITES = {
    "exec": "noexec",
    "suid": "nosuid",
    "dev": "nodev",
    "rw": "ro",
    "async": "sync",
    "atime": "noatime",
    "diratime": "nodiratime",
    "relatime": "norelatime",
    "strictatime": "nostrictatime",
    "mand": "nomand",
}
_PROPAGATIONS = {f"{how}{kind}" for how in ("", "r") for kind in ("private", "shared", "slave", "unbindable")}


def build_tmpfs_words(given: Iterable[str]) -> tuple[str, ...]:
    """Docker's words for a tmpfs, each of which a given one can take back; of two on one topic the later
    counts."""
    words: dict[str, str] = {}
    for word in (*_TMPFS, *given):
        if word and word != "defaults":
            topic = _topic(word)
            words.pop(topic, None)
            words[topic] = word
    return tuple(words.values())


def build_bind_words(request: MountRequest, *, can_be_recursive: bool) -> tuple[str, ...]:
    """`rbind`, then `ro` or `rro`, then the propagation. Read-only reaches down to submounts where kernel and
    runtime can do that, unless less was asked for."""
    is_shallow = request.is_nonrecursive or request.recursive == "disabled"
    words = ["bind" if is_shallow else "rbind"]
    if request.read_only:
        reaches_down = can_be_recursive and not is_shallow and request.recursive != "writable"
        words.append("rro" if reaches_down else "ro")
    if request.type in {"bind", "image"}:
        words.append(request.propagation or "rprivate")
    elif request.propagation:
        words.append(request.propagation)
    return tuple(words)


def _topic(word: str) -> str:
    key, separator, _ = word.partition("=")
    if separator:
        return key
    if word in _PROPAGATIONS:
        return "propagation"
    return _OPPOSITES.get(word, word)
