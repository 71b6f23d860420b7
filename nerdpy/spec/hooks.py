"""Pure: the hooks of a container. nerdpy has none of its own: they come with CDI devices."""

from typing import Any

from nerdpy.model.cdi_edits import Hook


def build_hooks(hooks: tuple[Hook, ...]) -> dict[str, list[dict[str, Any]]]:
    """`hooks` of the runtime spec, by the moment at which they run."""
    built: dict[str, list[dict[str, Any]]] = {}
    for hook in hooks:
        entry: dict[str, Any] = {"path": hook.path}
        if hook.arguments:
            entry["args"] = list(hook.arguments)
        if hook.environment:
            entry["env"] = list(hook.environment)
        if hook.timeout is not None:
            entry["timeout"] = hook.timeout
        built.setdefault(hook.moment, []).append(entry)
    return built
