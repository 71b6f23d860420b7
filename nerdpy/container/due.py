"""Is there anything to sweep? Asked by every command, so it imports next to nothing."""

from contextlib import suppress

from nerdpy.engine import Engine
from nerdpy.network.tending import is_tending_due


def is_sweep_due(engine: Engine) -> bool:
    """Has nobody swept since the last reboot, is there an intent or a draft whose process is gone, a lock of
    no container, or a name server to be looked after?"""
    store = engine.store
    if not has_swept(engine) or is_tending_due(engine):
        return True
    return bool(store.intents.orphaned() or store.drafts.orphaned() or store.locks.orphaned())


def has_swept(engine: Engine) -> bool:
    """The sweeper writes into its lock, which a reboot takes away."""
    with suppress(OSError):
        return engine.paths.sweep_lock.stat().st_size > 0
    return False
