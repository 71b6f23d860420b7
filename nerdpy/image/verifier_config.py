"""Write the settings of containerd's image verifiers into its configuration, without touching what is there.

They go into a file of their own where the configuration imports a folder of such files, else to the end of
the file itself. Settings that somebody else has written are left to them.
"""

import fnmatch
import json
import os
from pathlib import Path

from nerdpy.containerd.configuration import Configuration
from nerdpy.errors import FailedPrecondition, PermissionDenied
from nerdpy.image.verifier import PLUGIN, Settings
from nerdpy.linux.whole_file import write_whole

OWN = "nerdpy-image-verifier.toml"
BEGIN = "# <nerdpy image verifier>"
END = "# </nerdpy image verifier>"
NEWEST_VERSION = 3


def write_settings(configuration: Configuration, settings: Settings) -> Path:
    """Write them, and say where. FailedPrecondition where they stand already, in others' words."""
    place = _drop_in(configuration)
    before = _text_of(configuration.path)
    if PLUGIN in configuration.plugins and not (place and place.exists()) and BEGIN not in before:
        raise FailedPrecondition(
            f"{_holder(configuration)} has settings of image verifiers already",
            hint=f"change them there, and restart containerd:\n{render_section(settings)}",
        )
    version = configuration.version or NEWEST_VERSION
    if place:
        _write(place, f"version = {version}\n\n{render_section(settings)}")
        return place
    _write(configuration.path, with_section(before, settings, version=version))
    return configuration.path


def render_section(settings: Settings) -> str:
    """Pure: the plugin's section. JSON's strings are TOML's as well."""
    return (
        f'[plugins."{PLUGIN}"]\n'
        f"bin_dir = {json.dumps(settings.bin_dir)}\n"
        f"max_verifiers = {settings.max_verifiers}\n"
        f"per_verifier_timeout = {json.dumps(settings.timeout)}\n"
    )


def with_section(text: str, settings: Settings, *, version: int) -> str:
    """Pure: the file's text with our section at its end, in the place of an older one of ours."""
    import tomllib

    head, _, rest = text.partition(f"{BEGIN}\n")
    tail = rest.partition(f"{END}\n")[2] if rest else ""
    kept = (head + tail).rstrip("\n")
    ground = f"{kept}\n\n" if kept else f"version = {version}\n\n"
    changed = f"{ground}{BEGIN}\n{render_section(settings)}{END}\n"
    try:
        tomllib.loads(changed)
    except tomllib.TOMLDecodeError as error:
        raise FailedPrecondition(
            f"the settings can't be put at the end of containerd's configuration: {error}",
            hint=f"write them there yourself:\n{render_section(settings)}",
        ) from error
    return changed


def _drop_in(configuration: Configuration) -> Path | None:
    """Our own file in a folder that is imported; None where there is no such folder."""
    for pattern in configuration.imports:
        place = configuration.path.parent / pattern
        if fnmatch.fnmatch(OWN, place.name) and not set("*?[") & set(str(place.parent)):
            return place.with_name(OWN)
    return None


def _holder(configuration: Configuration) -> Path:
    """The file in which the settings stand."""
    return next((path for path in configuration.files if PLUGIN in _text_of(path)), configuration.path)


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    try:
        mode = os.stat(path).st_mode & 0o777 if path.exists() else 0o644
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text, mode=mode, is_durable=True)
    except OSError as error:
        raise PermissionDenied(f"cannot write {path}: {(error.strerror or '').lower()}") from error
