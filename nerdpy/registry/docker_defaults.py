"""docker's config.json, as far as it is about taste: `detachKeys`, `psFormat` and the like.

https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties. Where there
is no such file this costs one failed open(2) and imports nothing.
"""

import os
from collections.abc import Callable


def docker_default(folder: str, key: str, warn: Callable[[str], None]) -> str:
    """What the file in `folder` (empty: `~/.docker`) says about `key`; empty where it says nothing.

    A file that can't be read costs a warning, as with docker: whoever needs the credentials in it is told
    more.
    """
    path = os.path.join(folder or os.path.expanduser("~/.docker"), "config.json")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is no text"
        warn(f"{path} cannot be read: {reason}")
        return ""
    if f'"{key}"' not in text:
        return ""
    import json

    try:
        value = json.loads(text)
    except ValueError:
        warn(f"{path} is not JSON")
        return ""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
