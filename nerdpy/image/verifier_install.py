"""Put a program among those that containerd asks before it pulls an image."""

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine, Note, Warned
from nerdpy.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from nerdpy.image.trust import find_program
from nerdpy.image.verifier import KEYS, MARK, Settings, check_name, installed, look
from nerdpy.image.verifier_config import write_settings
from nerdpy.linux.process import mark
from nerdpy.model.duration import parse_duration
from nerdpy.model.trust import Verification

RESTART = "restart containerd: until then it does not know of the settings of its verifiers"
_SETTINGS = ("COSIGN_", "SIGSTORE_", "NOTATION_", "XDG_CONFIG_HOME")
_SECRETS = ("PASSWORD", "TOKEN", "SECRET", "KEY")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, kw_only=True)
class InstallWish:
    """Either `program` or `trust`; settings that are None stay as they are."""

    program: str = ""
    """A file that is copied."""
    trust: Verification | None = None
    """What cosign or notation must find."""
    name: str = ""
    bin_dir: str | None = None
    max_verifiers: int | None = None
    timeout: str | None = None
    is_forced: bool = False
    """Replace one of that name."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The caller's: what of it are settings of cosign and notation holds for containerd's calls as well."""


def install(engine: Engine, wish: InstallWish) -> Path:
    """Install it, and say where. What of containerd's configuration must change is changed, and a restart
    that it needs is told of. Nothing is installed if containerd would not ask it."""
    if wish.timeout is not None:
        parse_duration(wish.timeout)
    setup = look(engine)
    settings = _wished(setup.settings, wish)
    name = check_name(wish.name or _name_of(wish))
    path = settings.folder / name
    if path.exists() and not wish.is_forced:
        raise AlreadyExists(
            f'there is a verifier "{name}" already, in {settings.folder}',
            hint="choose another --name, or replace it with --force",
        )
    _check_room(settings, name)
    if wish.trust is not None:
        content = script(wish.trust, _key_of(wish.trust, path), wish.environment).encode()
    else:
        content = _read_program(Path(wish.program))
    _make_folder(settings.folder)
    if settings != setup.settings:
        place = write_settings(setup.configuration, settings)
        engine.notify(Note(f"the settings of image verifiers stand in {place}"))
    _place(path, content)
    if settings != setup.settings or setup.changed:
        engine.notify(Warned(RESTART))
    return path


def script(trust: Verification, key: str, environment: Mapping[str, str]) -> str:
    """What asks cosign or notation, in sh. containerd passes `-name` and `-digest`, and takes what is printed
    as the reason."""
    return _SCRIPT.format(
        mark=MARK,
        kind=trust.program,
        settings="".join(
            f"export {name}={shlex.quote(value)}\n"
            for name, value in sorted(environment.items())
            if _is_kept(name)
        ),
        program=shlex.quote(find_program(trust.program)),
        words=_words(trust, key),
    )


def _is_kept(name: str) -> bool:
    """Is it a setting of these programs, and no secret?"""
    return name.startswith(_SETTINGS) and not any(word in name for word in _SECRETS)


_SCRIPT = """\
#!/bin/sh
{mark}{kind}
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=${{HOME:-/root}}
export PATH HOME
{settings}\
name= digest=
while [ $# -gt 1 ]; do
    case $1 in -name) name=$2 ;; -digest) digest=$2 ;; esac
    shift 2
done
if [ -z "$name" ] || [ -z "$digest" ]; then
    echo "containerd did not say what is to be verified"
    exit 1
fi
repository=${{name%%@*}}
case ${{repository##*/}} in *:*) repository=${{repository%:*}} ;; esac
if said=$({program} verify {words} "$repository@$digest" 2>&1 </dev/null); then
    echo "{kind} has verified $repository@$digest"
else
    printf '%s\\n' "$said" | tail -n 1
    exit 1
fi
"""


def _words(trust: Verification, key: str) -> str:
    given = {
        "--key": key,
        "--certificate-identity": trust.identity,
        "--certificate-identity-regexp": trust.identity_pattern,
        "--certificate-oidc-issuer": trust.issuer,
        "--certificate-oidc-issuer-regexp": trust.issuer_pattern,
    }
    return " ".join(shlex.quote(f"{name}={value}") for name, value in given.items() if value)


def _wished(settings: Settings, wish: InstallWish) -> Settings:
    bin_dir = settings.bin_dir if wish.bin_dir is None else wish.bin_dir
    if not bin_dir.startswith("/"):
        raise InvalidArgument(f'--bin-dir "{bin_dir}" is no absolute path')
    limit = settings.max_verifiers if wish.max_verifiers is None else wish.max_verifiers
    return replace(settings, bin_dir=bin_dir, max_verifiers=limit, timeout=wish.timeout or settings.timeout)


def _name_of(wish: InstallWish) -> str:
    return wish.trust.program if wish.trust is not None else Path(wish.program).name


def _check_room(settings: Settings, name: str) -> None:
    names = {one.name for one in installed(settings)} | {name}
    if 0 <= settings.max_verifiers < len(names):
        raise FailedPrecondition(
            f"containerd asks {settings.max_verifiers} verifiers at most, and would skip one of {len(names)}",
            hint=f"raise the limit: --max-verifiers {len(names)}",
        )


def _make_folder(folder: Path) -> None:
    """Whoever may write there, or put another folder in its place, decides what containerd runs as root."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise PermissionDenied(f"cannot make {folder}: {(error.strerror or '').lower()}") from error
    for place in dict.fromkeys((folder, *folder.parents, *folder.resolve().parents)):
        status = place.stat()
        is_open = status.st_mode & _OTHERS_MAY_WRITE and not status.st_mode & stat.S_ISVTX
        if status.st_uid not in {0, os.geteuid()} or is_open:
            raise PermissionDenied(
                f"{place} can be written by others, and containerd runs as root what lies in {folder}",
                hint=f"`chown root:root {place}` and `chmod go-w {place}`, or choose another --bin-dir",
            )


def _read_program(source: Path) -> bytes:
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111:
            raise InvalidArgument(f'"{source}" is no program', hint=f"if it is one: `chmod +x {source}`")
        return source.read_bytes()
    except FileNotFoundError:
        raise NotFound(f'there is no program "{source}"') from None
    except OSError as error:
        raise PermissionDenied(f'cannot read "{source}": {(error.strerror or "").lower()}') from error


def _key_of(trust: Verification, path: Path) -> str:
    """A key that is a file is copied: who may change it decides as well. An address of a key is kept."""
    if not trust.key or "://" in trust.key:
        return trust.key
    kept = path.parent.parent / KEYS / f"{path.name}.pub"
    try:
        content = Path(trust.key).read_bytes()
    except OSError as error:
        raise NotFound(f'cannot read the key "{trust.key}": {(error.strerror or "").lower()}') from error
    if b"PRIVATE KEY" in content:
        raise InvalidArgument(f'"{trust.key}" is a private key', hint="give the public one, which verifies")
    _make_folder(kept.parent)
    _place(kept, content, mode=0o644)
    return str(kept)


def _place(path: Path, content: bytes, *, mode: int = 0o755) -> None:
    """Whole, and under its name at once. The draft lies beside the folder: what lies in it is run."""
    draft = path.parent.parent / f".{path.name}.{mark()}"
    try:
        with open(
            draft, "xb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600)
        ) as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            os.fchown(file.fileno(), os.geteuid(), os.getegid())
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PermissionDenied(f"cannot write {path}: {(error.strerror or '').lower()}") from error
