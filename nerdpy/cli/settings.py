"""The global flags, and what they, the environment and nerdpy.toml make of the Config."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nerdpy.cli.flags import Flag
from nerdpy.errors import InvalidArgument, UsageError

if TYPE_CHECKING:
    from nerdpy.config import Config

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")

GLOBAL_FLAGS = [
    Flag(("--address",), "str", "containerd's socket", "address"),
    Flag(("--host", "-H", "--H", "-a", "--a"), "str", "Another name of --address", "address", hidden=True),
    Flag(("--bridge-ip",), "str", "Address and subnet of the default bridge, as CIDR", "bridge_ip"),
    Flag(("--cdi-spec-dirs",), "list", "Folders of CDI device descriptions", "cdi_spec_dirs"),
    Flag(
        ("--cgroup-manager",),
        "str",
        "Who makes cgroups",
        "cgroup_manager",
        choices=("systemd", "cgroupfs", "none"),
    ),
    Flag(("--cni-netconfpath",), "str", "Folder of the networks' definitions", "cni_netconfpath"),
    Flag(("--cni-path",), "str", "Folder of the CNI plugins", "cni_path"),
    Flag(("--config",), "str", "Folder of docker's config.json, for credentials", "docker_config"),
    Flag(("--context", "-c"), "str", "Docker's contexts: only `default` is known", "context", hidden=True),
    Flag(("--data-root",), "str", "Folder of everything that survives a reboot", "data_root"),
    Flag(("--debug", "-D"), "bool", "Say more, and show where an internal error came from", "debug"),
    Flag(("--debug-full",), "bool", "As --debug, and show what may hold secrets", "debug_full"),
    Flag(("--experimental",), "bool", "Allow experimental features (default true)", "experimental"),
    Flag(("--global-dns",), "list", "Name servers of all containers", "dns", hidden=True),
    Flag(("--global-dns-opts",), "list", "Resolver options of all containers", "dns_opts", hidden=True),
    Flag(("--global-dns-search",), "list", "Search domains of all containers", "dns_search", hidden=True),
    Flag(("--help", "-h"), "bool", "Show help", "help"),
    Flag(("--host-gateway-ip",), "str", "What `host-gateway` means in --add-host", "host_gateway_ip"),
    Flag(("--hosts-dir",), "list", "Folders of registries' hosts.toml files", "hosts_dir"),
    Flag(("--insecure-registry",), "bool", "Accept registries without valid TLS", "insecure_registry"),
    Flag(("--kube-hide-dupe",), "bool", "Hide duplicate images in Kubernetes' namespace", "kube_hide_dupe"),
    Flag(("--log-level", "-l"), "str", "How much to say", "log_level", choices=LEVELS),
    Flag(("--namespace", "-n", "--n"), "str", "containerd's namespace", "namespace", complete="namespace"),
    Flag(("--selinux-enabled",), "bool", "Label containers for SELinux", "selinux_enabled"),
    Flag(
        ("--snapshotter", "--storage-driver"),
        "str",
        "Who keeps the layers",
        "snapshotter",
        complete="snapshotter",
    ),
    Flag(("--state-root",), "str", "Folder of what a reboot may take", "state_root"),
    Flag(("--tls",), "bool", "Docker's TLS: containerd is reached by a local socket", "tls", hidden=True),
    Flag(("--tlscacert",), "str", "As --tls", "tlscacert", hidden=True),
    Flag(("--tlscert",), "str", "As --tls", "tlscert", hidden=True),
    Flag(("--tlskey",), "str", "As --tls", "tlskey", hidden=True),
    Flag(("--tlsverify",), "bool", "As --tls", "tlsverify", hidden=True),
    Flag(("--userns-remap",), "str", "Run containers in this user's namespace", "userns_remap"),
    Flag(("--version", "-v"), "bool", "Show nerdpy's version", "version"),
]
GLOBAL = {name: flag for flag in GLOBAL_FLAGS for name in flag.names}
AFTER = {name: flag for name, flag in GLOBAL.items() if name not in {"-c", "-l", "-v", "--version"}}
"""Those that may stand after the command too, where it has no flag of that name."""
NOT_SETTINGS = {
    "help",
    "version",
    "context",
    "log_level",
    "tls",
    "tlscacert",
    "tlscert",
    "tlskey",
    "tlsverify",
}
SPLIT = {"cdi_spec_dirs", "hosts_dir", "dns", "dns_opts", "dns_search"}
"""nerdctl's lists: each value may hold several, between commas."""


def merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Flags of two places on one command line: lists grow, of everything else the last counts."""
    both = earlier.keys() & later.keys()
    return {
        **earlier,
        **later,
        **{name: earlier[name] + later[name] for name in both if isinstance(later[name], list)},
    }


def settings_of(flags: Mapping[str, Any], environ: Mapping[str, str]) -> "Config":
    """The Config that flags, environment and nerdpy.toml make; refuses docker's remote connections."""
    from nerdpy.config import load

    _refuse_remote(flags)
    values = {name: _value(name, value) for name, value in flags.items() if name not in NOT_SETTINGS}
    if flags.get("log_level") in {"trace", "debug"}:
        values.setdefault("debug", True)
    path, toml = _read_file(environ)
    return load(values, environ, toml, toml_path=path)


def _value(name: str, value: Any) -> Any:
    if name in SPLIT:
        return tuple(part for text in value for part in text.split(","))
    return value


def _refuse_remote(flags: Mapping[str, Any]) -> None:
    hint = "nerdpy speaks to a containerd on this machine: choose it with --address"
    if flags.get("context", "default") not in {"", "default"}:
        raise UsageError(f'--context: there is no context "{flags["context"]}"', hint=hint)
    for name in ("tls", "tlsverify", "tlscacert", "tlscert", "tlskey"):
        if flags.get(name):
            raise UsageError(f"--{name}: TLS is for a remote engine", hint=hint)


def _read_file(environ: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The first configuration file that is there, parsed; one named by a variable must be there."""
    from nerdpy.config import FILE_VARIABLES, FILES

    named = next((environ[name] for name in FILE_VARIABLES if environ.get(name)), "")
    for path in [named] if named else FILES:
        try:
            with open(path, encoding="utf-8") as file:
                return path, _parse(path, file.read())
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidArgument(f"cannot read {path}: {error}") from error
    return "", {}


def _parse(path: str, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidArgument(f"{path} is not valid TOML: {error}") from error
