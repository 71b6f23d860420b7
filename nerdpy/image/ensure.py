"""See that the image of a new container is here and unpacked: pull it by `--pull`'s rule."""

from nerdpy.engine import Engine, Note
from nerdpy.errors import NotFound
from nerdpy.image.find import find_by_id, find_by_name, looks_like_id
from nerdpy.image.read import LocalImage, is_unpacked, read
from nerdpy.model.options import ImageOptions
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference


def ensure(engine: Engine, options: ImageOptions) -> LocalImage:
    """The image, ready to be run. `always` asks the registry first, `never` does not ask it at all."""
    found = None if options.pull == "always" else _here(engine, options)
    if found is None:
        found = _fetched(engine, options)
    elif options.verification is not None:
        from nerdpy.image.trust import verify

        record = found.record
        pinned = parse_reference(record.name).with_digest(record.target.digest)
        verify(engine.config, pinned, options.verification)
    if not is_unpacked(engine, found):
        from nerdpy.image.unpack import unpack

        unpack(engine, found)
    return found


def _here(engine: Engine, options: ImageOptions) -> LocalImage | None:
    record = find_by_name(engine, options.reference) or _by_id(engine, options.reference)
    if record is None:
        return None
    try:
        return read(engine, record, options.platform)
    except NotFound:
        if options.pull == "never":
            raise
        return None


def _by_id(engine: Engine, text: str) -> ImageRecord | None:
    found = find_by_id(engine, text) if looks_like_id(text) else []
    return found[0] if found else None


def _fetched(engine: Engine, options: ImageOptions) -> LocalImage:
    if options.pull == "never":
        raise NotFound(f"No such image: {options.reference}", hint="pull it, or leave out --pull never")
    from nerdpy.image.pull import PullOptions, pull

    if options.pull == "missing" and not options.quiet:
        shown = parse_reference(options.reference).familiar_string
        engine.notify(Note(f"Unable to find image '{shown}' locally"))
    request = PullOptions(
        reference=options.reference,
        platforms=(options.platform,) if options.platform else (),
        quiet=options.quiet,
        verification=options.verification,
    )
    return read(engine, pull(engine, request), options.platform)
