"""The ids of an image: docker's is the digest of the config, one for each platform that is here."""

from nerdpy.engine import Engine
from nerdpy.image.stock import take_stock
from nerdpy.model.records import ImageRecord


def records_by_image_id(engine: Engine, beginning: str) -> list[ImageRecord]:
    """The images of which a config's digest begins like this; none of their blobs is read."""
    stock = take_stock(engine)
    if not any(digest.startswith(beginning) for digest in stock.blobs):
        return []
    return [
        record
        for record in engine.containerd.images.list()
        if any(config.startswith(beginning) for config in stock.configs(record.target.digest))
    ]
