"""What of the confinement that was asked for nerdpy cannot give: it says so, and does not run without."""

from nerdpy import errors
from nerdpy.engine import Engine, Warned
from nerdpy.model.options import SecurityOptions


def check_confinement(engine: Engine, security: SecurityOptions) -> None:
    """SELinux labels: where they are switched on, a container without one would be unconfined."""
    asked = [label for label in security.label if label != "disable"]
    is_disabled = "disable" in security.label or security.privileged
    if engine.config.selinux_enabled and not is_disabled:
        raise errors.NotImplemented(
            "SELinux labels are not built yet, and --selinux-enabled asks for them",
            hint="add --security-opt label=disable to run without a label",
        )
    if asked and not engine.config.selinux_enabled:
        engine.notify(Warned(f"--security-opt label={asked[0]} has no effect: SELinux is not switched on"))
