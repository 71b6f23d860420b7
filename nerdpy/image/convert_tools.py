"""Other programs that convert: `soci`, which works on containerd by itself, and how all of them are run."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from nerdpy import errors
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.image.archive_wish import Wish
from nerdpy.image.convert import target_names
from nerdpy.image.find import find_image
from nerdpy.image.tag import give_name
from nerdpy.model.records import ImageRecord

SOCI = "soci"
_OLD_SOCI = "soci 0.10 and newer can convert: `soci --version` says which it is"
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class SociOptions:
    """The flags; -1 is the program's own choice."""

    wish: Wish
    span_size: int = -1
    least_layer: int = -1


def convert_to_soci(engine: Engine, source: str, targets: list[str], options: SociOptions) -> ImageRecord:
    """An image with its SOCI index inside, made by `soci convert` (soci-snapshotter 0.10 and newer)."""
    names = target_names(targets)
    path = found(SOCI, "to make SOCI indexes", "soci-snapshotter 0.10 or newer")
    record = find_image(engine, source)
    flags = ["--all-platforms"] if options.wish.all_platforms else []
    flags += [word for platform in options.wish.platforms for word in ("--platform", str(platform))]
    if options.span_size >= 0:
        flags += ["--span-size", str(options.span_size)]
    if options.least_layer >= 0:
        flags += ["--min-layer-size", str(options.least_layer)]
    run([path, *_engine_flags(engine), "convert", *flags, record.name, names[0]], hint=_OLD_SOCI)
    return named_too(engine, names)


def found(program: str, purpose: str, package: str) -> str:
    """Where a program is; NotFound says what to install."""
    path = shutil.which(program)
    if path is None:
        raise errors.NotFound(
            f'"{program}" is not installed, and is needed {purpose}', hint=f"install {package}"
        )
    return path


def _engine_flags(engine: Engine) -> list[str]:
    return ["--address", engine.config.address, "--namespace", engine.config.namespace]


def run(
    argv: Sequence[str], *, shared: Sequence[int] = (), stdin: bytes = b"", hint: str | None = None
) -> str:
    """Run a program to its end, and what it has said; it dies with us. `shared` are descriptors that it gets
    as well."""
    with subprocess.Popen(
        list(argv),
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(shared),
        process_group=0,
    ) as program:
        try:
            output, _ = program.communicate(stdin or None)
        except BaseException:
            program.kill()
            program.wait()  # it must not write any more when its folder goes; ^C does not wait by itself
            raise
    said = output.decode(errors="replace")
    if program.returncode:
        text = next((line.strip()[:_LONGEST] for line in reversed(said.split("\n")) if line.strip()), "")
        text = text or f"exit status {program.returncode}"
        raise errors.FailedPrecondition(f"{os.path.basename(argv[0])} failed: {text}", hint=hint)
    return said


def write_file(path: str, pieces: Iterable[bytes]) -> None:
    """A new file for a program to read."""
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)


def named_too(engine: Engine, names: list[str]) -> ImageRecord:
    """What the program has named first gets its other names."""
    from nerdpy.dataclass import replace

    record = engine.containerd.images.get(names[0])
    for name in names[1:]:
        give_name(engine, replace(record, name=name))
    return record
