"""Give a tree to other owners: ids of a container become those that they are on the host."""

import os
import stat

from nerdpy.model.idmap import IdMaps, host_id


def shift_owners(folder: int, maps: IdMaps) -> None:
    """Everything in the open folder, which is private to us, and not the folder itself. Links are not
    followed; set-id bits, which a change of owner takes away, are kept. A file with several names is given
    away once."""
    seen: set[tuple[int, int]] = set()
    for _, folders, files, parent in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
        for name in (*folders, *files):
            found = os.lstat(name, dir_fd=parent)
            if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
                if (found.st_dev, found.st_ino) in seen:
                    continue
                seen.add((found.st_dev, found.st_ino))
            uid, gid = host_id(maps.uids, found.st_uid), host_id(maps.gids, found.st_gid)
            os.chown(name, uid, gid, dir_fd=parent, follow_symlinks=False)
            if not stat.S_ISLNK(found.st_mode) and found.st_mode & (stat.S_ISUID | stat.S_ISGID):
                os.chmod(name, stat.S_IMODE(found.st_mode), dir_fd=parent)


def shift_owner(handle: int, maps: IdMaps) -> None:
    """Of one open file or folder."""
    found = os.fstat(handle)
    os.fchown(handle, host_id(maps.uids, found.st_uid), host_id(maps.gids, found.st_gid))
