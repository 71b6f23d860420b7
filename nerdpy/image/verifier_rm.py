"""Take programs away from those that containerd asks before it pulls an image."""

from collections.abc import Callable, Iterable

from nerdpy.engine import Engine, Note
from nerdpy.errors import NerdpyError, NotFound, PermissionDenied, Several
from nerdpy.image.verifier import KEYS, Settings, check_name, installed, look

Told = Callable[[str], None]


def remove(engine: Engine, names: Iterable[str], told: Told) -> None:
    """Remove each with its key, and tell its name; NotFound."""
    settings = look(engine).settings
    errors: list[NerdpyError] = []
    for name in dict.fromkeys(names):
        try:
            _remove_one(settings, check_name(name))
        except NerdpyError as error:
            errors.append(error)
        else:
            told(name)
    if not installed(settings):
        engine.notify(Note("no verifier is left: containerd pulls every image"))
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def _remove_one(settings: Settings, name: str) -> None:
    try:
        (settings.folder / name).unlink()
        (settings.folder.parent / KEYS / f"{name}.pub").unlink(missing_ok=True)
    except FileNotFoundError:
        raise NotFound(
            f'no such verifier: "{name}"', hint="`nerdpy image verifier ls` lists those there are"
        ) from None
    except OSError as error:
        raise PermissionDenied(f'cannot remove "{name}": {(error.strerror or "").lower()}') from error
