"""All flags of `create`, which `run` shares, and the CreateOptions that they make."""

from nerdpy.commands.container.flags.caller import Caller
from nerdpy.commands.container.flags.devices import DeviceFlags
from nerdpy.commands.container.flags.foreign import ForeignFlags
from nerdpy.commands.container.flags.health import HealthFlags
from nerdpy.commands.container.flags.identity import IdentityFlags
from nerdpy.commands.container.flags.image import ImageFlags
from nerdpy.commands.container.flags.life import LifeFlags
from nerdpy.commands.container.flags.logging import LoggingFlags
from nerdpy.commands.container.flags.mounts import MountFlags
from nerdpy.commands.container.flags.network import NetworkFlags
from nerdpy.commands.container.flags.process import ProcessFlags
from nerdpy.commands.container.flags.resources import ResourceFlags
from nerdpy.commands.container.flags.security import SecurityFlags
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.options import CreateOptions
from nerdpy.model.sysctl import is_of_ipc, is_of_network


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CreateFlags(
    IdentityFlags,
    ProcessFlags,
    NetworkFlags,
    MountFlags,
    ResourceFlags,
    SecurityFlags,
    LoggingFlags,
    LifeFlags,
    ImageFlags,
    HealthFlags,
    DeviceFlags,
    ForeignFlags,
):
    """The topics together: a command takes one group instead of twelve."""

    def parse(self, caller: Caller, image: str, command: list[str]) -> CreateOptions:
        """The whole request; what contradicts itself is refused before anything is touched."""
        self.check_foreign(caller)
        options = CreateOptions(
            image=self.parse_rootfs(caller, image) if self.rootfs else self.parse_image(caller, image),
            identity=self.parse_identity(caller),
            process=self.parse_process(caller, tuple(command)),
            network=self.parse_network(caller),
            mounts=self.parse_mounts(caller),
            resources=self.parse_devices(caller, self.parse_resources(caller)),
            security=self.parse_security(caller),
            logging=self.parse_logging(),
            life=self.parse_life(),
            health=self.parse_health(),
        )
        _check_hostname(options)
        _check_sysctls(options)
        return options


def _check_hostname(options: CreateOptions) -> None:
    if options.security.uts == "host" and (options.identity.hostname or options.identity.domainname):
        raise UsageError(
            "conflicting options: --hostname and --uts host",
            hint="the container has the host's name: leave one out",
        )


def _check_sysctls(options: CreateOptions) -> None:
    """Settings of a namespace that is not the container's own would be the host's."""
    for key in options.resources.sysctls:
        if is_of_network(key) and options.network.mode in {"host", "container", "ns"}:
            raise UsageError(f'sysctl "{key}" cannot be set with --network {options.network.networks[0]}')
        if is_of_ipc(key) and (
            options.security.ipc == "host" or options.security.ipc.startswith("container:")
        ):
            raise UsageError(f'sysctl "{key}" cannot be set with --ipc {options.security.ipc}')
