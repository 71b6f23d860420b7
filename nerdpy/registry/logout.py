"""Log out: forget a registry's credential, under every key that it may have been kept under."""

from nerdpy.config import Config
from nerdpy.registry.keeping import forget


def log_out(config: Config, host: str) -> None:
    """Nothing to forget is no error."""
    forget(config.docker_config, host)
