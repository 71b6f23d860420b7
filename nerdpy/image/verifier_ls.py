"""List the programs that containerd asks before it pulls an image."""

from nerdpy.engine import Engine, Warned
from nerdpy.image.verifier import Verifier, installed, look
from nerdpy.image.verifier_install import RESTART


def list_verifiers(engine: Engine) -> list[Verifier]:
    """Those in the folder of containerd's configuration, in the order in which they are asked; a warning
    where containerd does not know of that configuration yet."""
    setup = look(engine)
    if setup.changed:
        engine.notify(Warned(f"{setup.changed[0]} has changed since containerd was started: {RESTART}"))
    return installed(setup.settings)
