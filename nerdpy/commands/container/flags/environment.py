"""Variables for the process: --env-file and --env, which `run`, `create` and `exec` share."""

from nerdpy.commands.container.flags.caller import Caller, each
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.environment import merge_variables, parse_env_file, parse_variable


def parse_environment(given: list[str], files: list[str], caller: Caller) -> tuple[str, ...]:
    """Env files first, then -e, later ones winning; `exec` takes the same flags."""
    variables: list[str] = []
    for path in files:
        try:
            variables += parse_env_file(caller.read(path, "env file"), source=path, caller=caller.environ)
        except InvalidArgument as error:
            raise UsageError(f"invalid env file: {error.message}", hint=error.hint) from error
    variables += each("--env", given, lambda text: parse_variable(text, caller.environ))
    return merge_variables(variables)
