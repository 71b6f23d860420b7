"""Encrypt and decrypt the layers of an image, by imgcrypt's `ctr` (ocicrypt's formats).

The program works on containerd by itself. Passwords of keys reach it by a descriptor, never by its command
line, which everybody on the machine can read.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from nerdpy.image.archive_choose import choose
from nerdpy.image.archive_wish import Wish
from nerdpy.image.convert import target_names
from nerdpy.image.convert_tools import named_too, run
from nerdpy.image.find import find_by_name, find_image
from nerdpy.image.read import INDEXES
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference

PROGRAMS = ("ctr-enc", "ctr-imgcrypt")
"""The project's own name for it, and Debian's."""
PROTOCOLS = ("jwe", "pgp", "pkcs7", "pkcs11", "provider")
_OF_FILES = {"jwe", "pkcs7", "pkcs11"}
_NOTHING_TO_DO = {
    "encrypt": 'image "{}" has no layer to encrypt for them',
    "decrypt": 'no layer of image "{}" is encrypted',
}
_WAY_OUT = {
    "encrypt": "an image without layers, or one that they can read already, is left as it is",
    "decrypt": "it can be run as it is; another name is given by `nerdpy tag`",
}


@dataclass(frozen=True, kw_only=True)
class CryptOptions:
    """The flags that both have."""

    wish: Wish
    recipients: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    decrypting_recipients: tuple[str, ...] = ()
    gpg_home: str = ""
    gpg_version: str = ""


def encrypt(engine: Engine, source: str, targets: list[str], options: CryptOptions) -> ImageRecord:
    """The new image, whose layers only the recipients can read."""
    if not options.recipients:
        raise InvalidArgument("no recipient is named", hint="say who may decrypt it: --recipient jwe:KEY.pem")
    for recipient in options.recipients:
        check_recipient(recipient)
    return _crypt(engine, "encrypt", source, targets, options)


def decrypt(engine: Engine, source: str, targets: list[str], options: CryptOptions) -> ImageRecord:
    """The new image, which everybody can read."""
    return _crypt(engine, "decrypt", source, targets, options)


def check_recipient(text: str) -> None:
    """`PROTOCOL:WHO`; a key or certificate that is a file must be there."""
    protocol, colon, rest = text.partition(":")
    if not colon or protocol not in PROTOCOLS or not rest:
        raise InvalidArgument(
            f'recipient "{text}" is malformed',
            hint=f"write one of {', '.join(f'{one}:...' for one in PROTOCOLS)}",
        )
    if protocol in _OF_FILES and not os.path.isfile(rest):
        raise NotFound(f'recipient "{text}": no such file')


def _crypt(
    engine: Engine, action: str, source: str, targets: list[str], options: CryptOptions
) -> ImageRecord:
    names = target_names(targets)
    paths = [key.partition(":")[0] for key in options.keys if not key.startswith("provider:")]
    for path in paths:
        if not os.path.isfile(path):
            raise NotFound(f'no such key: "{path}"')
    program = _program()
    record = find_image(engine, source)
    flags = [*_platforms(engine, record, options.wish), *_gpg(options)]
    flags += _repeated("--recipient", options.recipients)
    flags += _repeated("--dec-recipient", options.decrypting_recipients)
    address = ["--address", engine.config.address, "--namespace", engine.config.namespace]
    with ExitStack() as undo:
        shared: list[int] = []
        keys = [hidden_password(key, shared, undo) for key in options.keys]
        flags += _repeated("--key", keys)
        hint = None if keys else "layers that are encrypted already are opened by --key FILE[:PASSWORD]"
        argv = [program, *address, "images", action, *flags, record.name, names[0]]
        before = _taken(engine, names[0], record)
        run(argv, shared=shared, hint=hint)
    if find_by_name(engine, names[0]) == before:  # the program then says so, and ends well
        raise FailedPrecondition(_NOTHING_TO_DO[action].format(source), hint=_WAY_OUT[action])
    return named_too(engine, names)


def _taken(engine: Engine, name: str, source: ImageRecord) -> ImageRecord | None:
    """What has the first new name: nothing, or the source itself, for the program moves no other name."""
    record = find_by_name(engine, name)
    if record is not None and record.name != source.name:
        shown = parse_reference(name).familiar_string
        raise AlreadyExists(
            f'image "{shown}" exists already', hint=f"choose another name, or `nerdpy rmi {shown}` first"
        )
    return record


def _program() -> str:
    path = next((path for program in PROGRAMS if (path := shutil.which(program))), None)
    if path is None:
        raise NotFound(
            '"ctr-enc" is not installed, and is needed to encrypt and decrypt images',
            hint="install imgcrypt",
        )
    return path


def _platforms(engine: Engine, record: ImageRecord, wish: Wish) -> list[str]:
    """Those that are here, where none is named: the program itself would want all of an index."""
    chosen = choose(engine, record, wish)
    if record.target.media_type not in INDEXES or wish.all_platforms:
        return []
    return _repeated("--platform", (str(one.platform) for one in chosen.manifests if one.platform))


def _gpg(options: CryptOptions) -> list[str]:
    given = {"--gpg-homedir": options.gpg_home, "--gpg-version": options.gpg_version}
    return [word for flag, value in given.items() if value for word in (flag, value)]


def _repeated(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]


def hidden_password(key: str, shared: list[int], undo: ExitStack) -> str:
    """`PATH:PASSWORD` and `PATH:pass=PASSWORD` become `PATH:fd=N`; the rest stays."""
    path, colon, said = key.partition(":")
    if not colon or path == "provider" or said.startswith("filename="):
        return key
    if said.startswith("fd="):
        shared.append(_number(said[3:], key))
        return key
    descriptor = os.memfd_create("password", 0)
    undo.callback(os.close, descriptor)
    os.write(descriptor, said.removeprefix("pass=").encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    shared.append(descriptor)
    return f"{path}:fd={descriptor}"


def _number(text: str, key: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise InvalidArgument(f'key "{key.partition(":")[0]}": the descriptor is no number')
    return int(text)
