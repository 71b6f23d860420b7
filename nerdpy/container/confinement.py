"""What of the confinement that was asked for nerdpy cannot give: it says so, and does not run without."""

from nerdpy import errors
from nerdpy.engine import Engine, Warned
from nerdpy.model.options import SecurityOptions


def check_confinement(engine: Engine, security: SecurityOptions) -> None:
    """A container without the user namespace or the SELinux label that is switched on for all of them would
    be less confined than its owner thinks."""
    remap = engine.config.userns_remap
    if remap and security.userns != "host":
        raise errors.NotImplemented(
            f'user namespaces are not built yet, and --userns-remap "{remap}" asks for one',
            hint="add --userns host to run with the host's user ids",
        )
    asked = [label for label in security.label if label != "disable"]
    is_disabled = "disable" in security.label or security.privileged
    if engine.config.selinux_enabled and not is_disabled:
        raise errors.NotImplemented(
            "SELinux labels are not built yet, and --selinux-enabled asks for them",
            hint="add --security-opt label=disable to run without a label",
        )
    if asked and not engine.config.selinux_enabled:
        engine.notify(Warned(f"--security-opt label={asked[0]} has no effect: SELinux is not switched on"))
