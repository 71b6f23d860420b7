"""Give an image another name."""

from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import AlreadyExists, InvalidArgument, NotFound
from nerdpy.image.find import find_image
from nerdpy.image.protect import check_may_lose
from nerdpy.image.rm import keep_untagged
from nerdpy.image.stock import take_stock
from nerdpy.image.telling import tell
from nerdpy.image.usage import all_users
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference


def tag(engine: Engine, source: str, target: str) -> None:
    """Let `target` name the image; a name that is taken is moved."""
    reference = parse_reference(target)
    if reference.digest:
        raise InvalidArgument(
            f'refusing to create a tag with a digest reference: "{target}"', hint="give a name and a tag"
        )
    record = replace(find_image(engine, source), name=str(reference))
    give_name(engine, record)
    tell(engine, record, "tag")


def give_name(engine: Engine, record: ImageRecord) -> None:
    """Let the record's name stand for its target, whatever it stood for before."""
    try:
        engine.containerd.images.create(record)
    except AlreadyExists:
        before = engine.containerd.images.get(record.name)
        if before.target.digest != record.target.digest:
            check_may_lose(engine, [before], force=True)
            keep_if_used(engine, before)
        engine.containerd.images.update(record, "target")


def keep_if_used(engine: Engine, record: ImageRecord) -> None:
    """When a name is moved: an image that thereby loses its last name lives on while a container uses it."""
    digest = record.target.digest
    names = {found.name for found in engine.containerd.images.list(f"target.digest=={digest}")}
    if names - {record.name}:
        return
    if all_users(engine).of_image(take_stock(engine), (record,)):
        keep_untagged(engine, record)


def find_before(engine: Engine, name: str) -> ImageRecord | None:
    """What a full name stands for now."""
    try:
        return engine.containerd.images.get(name)
    except NotFound:
        return None
