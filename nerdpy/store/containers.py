"""The folder of each container: hosts, resolv.conf, log, lifecycle and the rest of docs/dir.md."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.linux.whole_file import write_whole
from nerdpy.paths import StorePaths
from nerdpy.store.drafts import Drafts
from nerdpy.store.listing import names_in


@dataclass(frozen=True)
class ContainerFolders:
    """Making, reading and removing the folders of one namespace."""

    paths: StorePaths

    def ids(self) -> list[str]:
        """The containers of the namespace that have a folder, sorted; their records may be gone."""
        return sorted(names_in(self.paths.containers))

    def make_folder(self, container_id: str) -> Path:
        """The container's folder, new, 0700."""
        folder = self.paths.container(container_id)
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        return folder

    def remove_folder(self, container_id: str) -> None:
        """The folder and all that is in it; one that is not there is fine.

        It is moved away first: neighbours write names into its hosts file, and a file that is made in a
        folder while that is being emptied would keep it there for ever.
        """
        drafts, folder = Drafts(self.paths), self.paths.container(container_id)
        try:
            draft = drafts.new()
            os.rename(folder, draft)
        except FileNotFoundError:
            return
        except OSError:  # a full disk
            draft = folder
        drafts.remove(draft)

    def load_lifecycle(self, container_id: str) -> dict[str, Any]:
        """`lifecycle.json`, or an empty dict."""
        return load_json(self.paths.lifecycle(container_id))

    def save_lifecycle(self, container_id: str, value: dict[str, Any]) -> None:
        """Replace `lifecycle.json`; a container without a folder (others' own) has none."""
        with suppress(FileNotFoundError):
            save_json(self.paths.lifecycle(container_id), value)

    def load_end(self, container_id: str) -> dict[str, Any]:
        """How the last run ended, as its monitor saw it: `exit_code` and `finished_at` (ISO 8601) where it
        knew them, `oom_killed` where it knew that."""
        value = load_json(self.paths.ended(container_id))
        end: dict[str, Any] = {}
        with suppress(KeyError, TypeError, ValueError, OverflowError):
            finished_at = datetime.fromtimestamp(value["finished_at"], UTC).isoformat()
            end |= {"exit_code": int(value["exit_code"]), "finished_at": finished_at}
        if isinstance(value.get("oom_killed"), bool):
            end["oom_killed"] = value["oom_killed"]
        return end

    def write_first(self, path: Path, text: str) -> None:
        """Write such a file unless it is there: all at once, for another thread may be about to make it."""
        draft = path.with_name(f".{path.name}.new")
        draft.unlink(missing_ok=True)
        self.write_inside(draft, text)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()

    def write_inside(self, path: Path, text: str, mode: int = 0o644) -> None:
        """Write a file that the container sees (hosts, hostname, resolv.conf): in place, for it may be
        mounted."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, mode)
            file.write(text)


def load_json(path: Path) -> dict[str, Any]:
    """A JSON object, or an empty one when there is no such file or it is broken."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def save_json(path: Path, value: Any) -> None:
    """Replace the file whole, 0600: a reader sees the old text or the new one. Its folder must be there."""
    write_whole(path, json.dumps(value), makes_parents=False)
