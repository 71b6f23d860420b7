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
_END = frozenset({"EOFHeaderError", "SubsequentHeaderError"})
"""The zero blocks that close an archive, and what tarfile refuses itself."""


class Header(tarfile.TarInfo):
    """A member's header; what is none raises tarfile.ReadError, wherever it stands. So does a missing end: an
    archive that was cut off between two members is not whole either."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """The next header of `archive`, and what extends it."""
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            is_start = archive.offset == 0
            if is_start or type(error).__name__ in _END:
                raise
            raise tarfile.ReadError(_reason(error)) from error
        except (ValueError, IndexError, OverflowError) as error:
            raise tarfile.ReadError("invalid header") from error

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header that one block holds."""
        found = super().frombuf(buf, encoding, errors)
        if found.size < 0 or (found.type in _EXTENDED and found.size > MOST):
            raise tarfile.ReadError(f"a header says that {found.size} bytes follow")
        return found


def _reason(error: tarfile.HeaderError) -> str:
    return "it is cut off" if type(error).__name__ == "EmptyHeaderError" else str(error)
