"""Stop a container and start it again; one that does not run is started."""

from datetime import timedelta

from nerdpy.container.find import find
from nerdpy.container.start import start
from nerdpy.container.stop import stop
from nerdpy.container.telling import tell
from nerdpy.engine import Engine
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.monitor import starting


def restart(
    engine: Engine, record: ContainerRecord, *, timeout: timedelta | None = None, signal: str = ""
) -> None:
    """`timeout` and `signal` are those of `stop`."""
    with starting(engine.paths, record.id):  # so that `logs -f` goes on
        stop(engine, record, timeout=timeout, signal=signal, keeps=True)
        start(engine, find(engine, record.id))
        tell(engine, record, "restart")
