"""Pure: image references: the grammar of the distribution project, and docker's defaults."""

import re

from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import InvalidArgument

DEFAULT_DOMAIN = "docker.io"
OFFICIAL = "library/"
DEFAULT_TAG = "latest"
LONGEST_PATH = 255

_HOST_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_PATH_PART}(?:/{_PATH_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_ID = r"[a-f0-9]{64}"
_HEX_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`domain/path[:tag][@digest]`; `str` of it is the full name that containerd keeps."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return self._with_suffix(self.name)

    @property
    def name(self) -> str:
        """The repository, in full: `docker.io/library/nginx`."""
        return f"{self.domain}/{self.path}"

    @property
    def familiar_name(self) -> str:
        """The repository as people write it: `nginx`, `user/thing`, `ghcr.io/user/thing`."""
        return self.path.removeprefix(OFFICIAL) if self._is_short() else self.name

    @property
    def familiar_string(self) -> str:
        """The whole reference as people write it."""
        return self._with_suffix(self.familiar_name)

    def with_tag(self, tag: str) -> "Reference":
        """The same repository under another tag, without a digest."""
        return replace(self, tag=tag, digest="")

    def with_digest(self, digest: str) -> "Reference":
        """The same repository pinned to `digest`, without a tag."""
        return replace(self, tag="", digest=digest)

    def _is_short(self) -> bool:
        """May the domain be left out? Not if the rest would then be read as a domain or as official."""
        if self.domain != DEFAULT_DOMAIN:
            return False
        return not _looks_like_domain(self.path.removeprefix(OFFICIAL).partition("/")) or "/" not in self.path

    def _with_suffix(self, name: str) -> str:
        return f"{name}{':' if self.tag else ''}{self.tag}{'@' if self.digest else ''}{self.digest}"


def parse_reference(text: str, *, default_tag: str = DEFAULT_TAG) -> Reference:
    """What docker means by `text`; `default_tag` is added where neither tag nor digest stands."""
    if is_image_id(text):
        raise InvalidArgument(
            f'invalid repository name "{text}": 64 hexadecimal digits are an id, not a name',
            hint="give the repository's name, or `sha256:` and the digits where an id is meant",
        )
    domain, rest = split_domain(text)
    named, at, digest = rest.partition("@")
    path, colon, tag = named.partition(":")
    _check_path(text, domain, path)
    if colon and not re.fullmatch(_TAG, tag):
        raise InvalidArgument(
            f'invalid reference format: "{text}" has the tag "{tag}"',
            hint="a tag is 1 to 128 letters, digits, `_`, `.` and `-`, and starts with none of `.` and `-`",
        )
    if at:
        check_digest(digest, text)
    return Reference(
        domain=domain, path=path, tag=tag if colon or at else default_tag, digest=digest if at else ""
    )


def is_image_id(text: str) -> bool:
    """Is it 64 hexadecimal digits, which can only be an id?"""
    return bool(re.fullmatch(_ID, text))


def is_digest(text: str) -> bool:
    """Is it a whole `algorithm:hex`?"""
    algorithm, _, digits = text.partition(":")
    return bool(re.fullmatch(r"[a-f0-9]+", digits)) and _HEX_DIGITS.get(algorithm) == len(digits)


def split_domain(text: str) -> tuple[str, str]:
    """(`docker.io`, `library/nginx:1`): the registry, and the rest with docker's defaults filled in."""
    parts = text.partition("/")
    domain, rest = (parts[0], parts[2]) if _looks_like_domain(parts) else (DEFAULT_DOMAIN, text)
    if domain == "index.docker.io":
        domain = DEFAULT_DOMAIN
    if domain == DEFAULT_DOMAIN and "/" not in rest:
        rest = OFFICIAL + rest
    return domain, rest


def check_digest(digest: str, text: str) -> None:
    """Refuse a digest that is malformed or of an unknown algorithm; `text` is what the user typed."""
    algorithm, _, digits = digest.partition(":")
    if not re.fullmatch(_DIGEST, digest):
        raise InvalidArgument(
            f'invalid reference format: "{text}" has the digest "{digest}"',
            hint="a digest is `sha256:` and 64 hexadecimal digits",
        )
    if algorithm not in _HEX_DIGITS:
        raise InvalidArgument(f'unsupported digest algorithm "{algorithm}" in "{text}"', hint="use sha256")
    if len(digits) != _HEX_DIGITS[algorithm] or digits != digits.lower():
        raise InvalidArgument(
            f'invalid checksum digest in "{text}": {algorithm} has {_HEX_DIGITS[algorithm]} lower-case '
            f"hexadecimal digits, not {len(digits)}"
        )


def _looks_like_domain(parts: tuple[str, str, str]) -> bool:
    """docker's test: before a slash, with a dot, a colon or a capital in it, or `localhost`."""
    first, slash, _ = parts
    return bool(slash) and ("." in first or ":" in first or first == "localhost" or first.lower() != first)


def _check_path(text: str, domain: str, path: str) -> None:
    if path != path.lower():
        raise InvalidArgument(
            f'invalid reference format: repository name "{path}" must be lowercase',
            hint=f'write "{text.replace(path.removeprefix(OFFICIAL), path.removeprefix(OFFICIAL).lower())}"',
        )
    if not re.fullmatch(_DOMAIN, domain) or not re.fullmatch(_PATH, path):
        raise InvalidArgument(
            f'invalid reference format: "{text}"',
            hint="an image is written [REGISTRY[:PORT]/]NAME[:TAG][@DIGEST], as in ghcr.io/user/thing:1.2",
        )
    if len(path) > LONGEST_PATH:
        raise InvalidArgument(
            f"repository name must not be more than {LONGEST_PATH} characters: this one has {len(path)}"
        )
