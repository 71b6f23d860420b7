"""What is told of images for `events`, in docker's words."""

from nerdpy.engine import Engine
from nerdpy.image.names import shown_name
from nerdpy.model.records import ImageRecord


def tell(engine: Engine, record: ImageRecord, action: str) -> None:
    """Note it in the journal. As in docker a pull is about the name, everything else about the image's id."""
    name = str(shown_name(record.name))
    who = name if action == "pull" else record.target.digest
    engine.store.journal.note("image", action, who, {"name": name})
