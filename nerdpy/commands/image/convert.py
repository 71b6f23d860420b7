"""`nerdpy image convert`: make another image of an image."""

import json
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.commands.image.flags.convert import EstargzFlags, WhatFlags, ZstdFlags
from nerdpy.commands.image.flags.convert_tools import ToolFlags
from nerdpy.errors import UsageError
from nerdpy.image.archive_wish import parse_wish
from nerdpy.image.convert import Converted, ConvertOptions, convert
from nerdpy.image.convert_form import Form
from nerdpy.image.convert_tools import SociOptions, convert_to_soci
from nerdpy.model.records import ImageRecord


def command(
    context: Context,
    what: WhatFlags,
    estargz: EstargzFlags,
    zstd: ZstdFlags,
    tools: ToolFlags,
    source: Annotated[str, Argument("SOURCE_IMAGE[:TAG]", complete="image")],
    targets: Annotated[list[str], Argument("TARGET_IMAGE[:TAG]...", complete="image")],
) -> None:
    """Convert an image: its layers, its platforms or its media types

    Forms exclude each other. What docker's media types have no words for is made in OCI's. Without --platform
    all platforms that are here are converted. Prints the digest of the new image.
    """
    form = _form(what, estargz, zstd, tools)
    wish = parse_wish(what.platform, all_platforms=what.all_platforms)
    context.show_progress(is_quiet=not context.console.is_terminal_err)
    engine = engine_of(context)
    if tools.soci:
        sizes = {"span_size": tools.soci_span_size, "least_layer": tools.soci_min_layer_size}
        made = Converted(convert_to_soci(engine, source, targets, SociOptions(wish=wish, **sizes)))
    else:
        made = convert(engine, source, targets, ConvertOptions(form=form, wish=wish, is_oci=what.oci))
    context.close_progress()
    if what.format:
        shown = {"Image": _shown(made.image), "ExtraImages": [_shown(record) for record in made.extra]}
        context.console.line(json.dumps(shown))
    else:
        context.console.line(made.image.target.digest)


def _shown(record: ImageRecord) -> str:
    return f"{record.name}@{record.target.digest}"


def _form(what: WhatFlags, estargz: EstargzFlags, zstd: ZstdFlags, tools: ToolFlags) -> Form:
    formats = {
        "uncompress": what.uncompress,
        "estargz": estargz.estargz,
        "zstd": zstd.zstd,
        "zstdchunked": zstd.zstdchunked,
        **tools.formats,
    }
    given = [f"--{name}" for name, is_given in formats.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other")
    tools.check()
    forms = [estargz.form(), zstd.form(), tools.form(), Form(kind="uncompress") if what.uncompress else None]
    return next((form for form in forms if form is not None), Form())
