"""Pure: paths as -v and --mount name them, on the host and in the container. Nothing is looked at."""

import posixpath

from nerdpy.errors import InvalidArgument


def parse_target(text: str) -> str:
    """An absolute path inside the container, other than `/`, without `..` and doubled slashes."""
    if not text.startswith("/"):
        raise InvalidArgument(
            f'invalid mount path "{text}": it must be absolute',
            hint="the path in the container starts with a slash",
        )
    return _checked(text)


def anonymous_target(text: str) -> str:
    """The target of `-v TEXT` alone: docker puts a text without slash at the root."""
    return _checked(f"/{text}")


def absolute_source(text: str, *, folder: str, home: str) -> str:
    """A path of the host: `~` is the caller's home, the rest is relative to `folder`."""
    if text == "~" or text.startswith("~/"):
        if not home:
            raise InvalidArgument(f'cannot resolve "{text}": HOME is not set', hint="give an absolute path")
        text = home + text[1:]
    if not folder and not text.startswith("/"):
        raise InvalidArgument(
            f'cannot resolve "{text}": the working folder is gone', hint="give an absolute path"
        )
    return _text(clean(posixpath.join(folder, text)))


def clean(path: str) -> str:
    """The absolute path without `.`, `..`, and doubled or last slashes."""
    return "/" + posixpath.normpath(f"/{path}").lstrip("/")


def _checked(text: str) -> str:
    path = clean(text)
    if path == "/":
        raise InvalidArgument(
            f'invalid mount path "{text}": the destination cannot be "/"',
            hint="mount into a folder of the container",
        )
    if "\0" in path:
        raise InvalidArgument("a mount path cannot hold a NUL character")
    return _text(path)


def _text(path: str) -> str:
    """The runtime gets it in JSON, which would turn other bytes into other paths."""
    if any("\udc80" <= character <= "\udcff" for character in path):
        shown = path.encode(errors="surrogateescape").decode(errors="backslashreplace")
        raise InvalidArgument(f'invalid mount path "{shown}": it is not UTF-8')
    return path
