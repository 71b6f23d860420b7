"""Headers of hostile or broken tar archives, read by Python's tarfile, and nothing made up.

tarfile by itself takes a broken header for the end of the archive, so that half of one passes for a whole,
and reads extended headers of any size into memory.
"""

import tarfile
from typing import Self

MOST = 1 << 20
"""Bytes of an extended header (long names, attributes); Go's archive/tar takes as much."""
_EXTENDED = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)
_EXPECTED = frozenset({"EOFHeaderError", "EmptyHeaderError", "SubsequentHeaderError"})
"""The zero blocks that close an archive, nothing where a header could be, and what tarfile refuses itself."""


class Archive(tarfile.TarFile):
    """An archive that is read from its beginning to its end, once."""

    has_end = False
    """Were the zero blocks there that close an archive (POSIX pax)? Without them tar, docker and podman take
    it all the same, for some writers leave them out, and it can't be told from one that was cut off between
    two members."""


class Header(tarfile.TarInfo):
    """A member's header; what is none raises tarfile.ReadError, wherever it stands."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """The next header of `archive`, and what extends it."""
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            kind = type(error).__name__
            if kind == "EOFHeaderError" and isinstance(archive, Archive):
                archive.has_end = True
            is_start = archive.offset == 0
            if is_start or kind in _EXPECTED:
                raise
            raise tarfile.ReadError(str(error)) from error
        except (ValueError, IndexError, OverflowError) as error:
            raise tarfile.ReadError("invalid header") from error

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header that one block holds."""
        found = super().frombuf(buf, encoding, errors)
        if found.size < 0 or (found.type in _EXTENDED and found.size > MOST):
            raise tarfile.ReadError(f"a header says that {found.size} bytes follow")
        return found
