"""Pure: docker's rules for what `cp` puts where (docker's reference of `container cp`; go-archive
`copy.go`)."""

import posixpath

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, UsageError

KUBE = "k8s://"
"""How the names of Kubernetes' containers begin: `k8s://NAMESPACE/POD/CONTAINER`."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is copied."""

    shown: str
    """As the user typed it."""
    name: str
    """Its last component, as typed: a link that is followed gives its own name."""
    is_folder: bool
    is_contents: bool = False
    """It ends in `/.`: what is in the folder, not the folder."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where it goes, as it is before."""

    shown: str
    path: str
    """With links resolved."""
    exists: bool
    is_folder: bool = False


@dataclass(frozen=True)
class Placement:
    """The folder that receives it, and its name there; "" for what is in the source, beside what is there."""

    folder: str
    name: str = ""


def place(source: Source, destination: Destination) -> Placement:
    """Where the copy belongs; InvalidArgument for what docker refuses."""
    if destination.exists and destination.is_folder:
        return Placement(destination.path, "" if source.is_contents else source.name)
    if destination.exists and source.is_folder:
        raise InvalidArgument(
            f'cannot copy directory "{source.shown}" onto "{destination.shown}", which is a file',
            hint="name a folder, or a path that does not exist yet",
        )
    if asserts_folder(destination.path) and not source.is_folder:
        raise InvalidArgument(
            f'no such directory: "{destination.shown}"',
            hint="without the slash at its end it becomes the file's name",
        )
    folder, name = split(destination.path)
    return Placement(folder, name)


def split(path: str) -> tuple[str, str]:
    """The folder and the name of a path that does not exist yet, or is no folder."""
    path = path.rstrip("/")
    while path.endswith("/."):
        path = path[:-2].rstrip("/")
    folder, slash, name = path.rpartition("/")
    return folder or ("/" if slash else "."), name


def asserts_folder(path: str) -> bool:
    """Does it end in `/` or `/.`?"""
    return path.endswith("/") or means_contents(path)


def means_contents(path: str) -> bool:
    """Is the last component a dot?"""
    return posixpath.basename(path.rstrip("/")) == "."


def last_name(path: str) -> str:
    """The name that a copy of `path` has; empty for a root. Dots are taken out by the letter, as docker
    does."""
    return posixpath.basename(posixpath.normpath(path)).lstrip("/")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One argument of `cp`."""

    path: str
    container: str = ""
    """Empty: this machine."""

    @property
    def is_stream(self) -> bool:
        return not self.container and self.path == "-"


def parse_side(text: str, what: str) -> Side:
    """`CONTAINER:PATH` or a path of this machine. A path with a colon in its first part is written
    `./a:b`."""
    if not text:
        raise UsageError(f"{what} can not be empty")
    scheme = KUBE if text.startswith(KUBE) else ""
    container, colon, path = text.removeprefix(scheme).partition(":")
    container = f"{scheme}{container}"
    if text.startswith("/") or not colon or container.startswith("."):
        return Side(path=text)
    if not container:
        raise UsageError(
            f'no container before the colon in "{text}"', hint=f"write CONTAINER:PATH, or ./{text} for a file"
        )
    if not path:
        raise UsageError(f'no path after the colon in "{text}"', hint=f"write {container}:/ for the root")
    return Side(container=container, path=path)
