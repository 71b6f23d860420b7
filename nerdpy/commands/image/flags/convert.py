"""The flags of `image convert`, a group for each form that layers can get."""

from collections.abc import Mapping
from typing import Annotated, Any

from nerdpy.cli.flags import Option
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError
from nerdpy.image.convert_form import Form

_HELPERS = {"pigz": ("pigz", "-d", "-c"), "igzip": ("igzip", "-d", "-c"), "gzip": ("gzip", "-d", "-c")}


@dataclass(frozen=True, kw_only=True)
class WhatFlags:
    """What of the image, and in whose words."""

    all_platforms: Annotated[bool, Option("--all-platforms", help="Insist on all platforms")] = False
    format: Annotated[str, Option("--format", help="How the outcome is told", choices=("json",))] = ""
    oci: Annotated[bool, Option("--oci", help="Turn docker's media types into OCI's")] = False
    platform: Annotated[
        list[str],
        Option("--platform", help="Keep only this platform: os[/arch[/variant]]", metavar="platform"),
    ] = field(default_factory=list)
    uncompress: Annotated[bool, Option("--uncompress", help="Make layers that are not packed")] = False


@dataclass(frozen=True, kw_only=True)
class EstargzFlags:
    estargz: Annotated[bool, Option("--estargz", help="Make eStargz layers")] = False
    estargz_chunk_size: Annotated[
        int, Option("--estargz-chunk-size", help="Bytes of an eStargz chunk (0: 4 MiB)")
    ] = 0
    estargz_compression_level: Annotated[
        int, Option("--estargz-compression-level", help="Compression level of eStargz, 0 to 9")
    ] = 9
    estargz_external_toc: Annotated[
        bool,
        Option(
            "--estargz-external-toc", help="Keep the table of contents in an image of its own, NAME-esgztoc"
        ),
    ] = False
    estargz_gzip_helper: Annotated[
        str, Option("--estargz-gzip-helper", help="Program that unpacks gzip", choices=tuple(_HELPERS))
    ] = ""
    estargz_keep_diff_id: Annotated[
        bool, Option("--estargz-keep-diff-id", help="Keep the layers' diff ids")
    ] = False
    estargz_min_chunk_size: Annotated[
        int, Option("--estargz-min-chunk-size", help="Least bytes of a gzip member: small files share one")
    ] = 0
    estargz_record_in: Annotated[
        str,
        Option("--estargz-record-in", help="Record of the files that are read first", complete="file"),
    ] = ""

    def form(self) -> Form | None:
        given = {
            "--estargz-chunk-size": self.estargz_chunk_size,
            "--estargz-compression-level": self.estargz_compression_level,
            "--estargz-external-toc": self.estargz_external_toc,
            "--estargz-gzip-helper": self.estargz_gzip_helper,
            "--estargz-keep-diff-id": self.estargz_keep_diff_id,
            "--estargz-min-chunk-size": self.estargz_min_chunk_size,
            "--estargz-record-in": self.estargz_record_in,
        }
        alone("--estargz", self.estargz, given, self)
        within("--estargz-compression-level", self.estargz_compression_level, 0, 9)
        within("--estargz-chunk-size", self.estargz_chunk_size, 0)
        within("--estargz-min-chunk-size", self.estargz_min_chunk_size, 0)
        self._check_diff_id()
        form = Form(
            kind="estargz",
            level=self.estargz_compression_level,
            chunk_size=self.estargz_chunk_size,
            least_chunk=self.estargz_min_chunk_size,
            unpacker=_HELPERS.get(self.estargz_gzip_helper, ()),
            record=self.estargz_record_in,
            is_table_outside=self.estargz_external_toc,
            keeps_diff_id=self.estargz_keep_diff_id,
        )
        return form if self.estargz else None

    def _check_diff_id(self) -> None:
        if self.estargz_keep_diff_id and not self.estargz_external_toc:
            raise UsageError("--estargz-keep-diff-id goes with --estargz-external-toc, which is not given")
        if self.estargz_keep_diff_id and self.estargz_record_in:
            raise UsageError("--estargz-keep-diff-id and --estargz-record-in exclude each other")


@dataclass(frozen=True, kw_only=True)
class ZstdFlags:
    zstd: Annotated[bool, Option("--zstd", help="Make layers packed by zstd")] = False
    zstd_compression_level: Annotated[
        int, Option("--zstd-compression-level", help="Compression level of zstd, 1 to 22")
    ] = 3
    zstdchunked: Annotated[bool, Option("--zstdchunked", help="Make zstd:chunked layers")] = False
    zstdchunked_chunk_size: Annotated[
        int, Option("--zstdchunked-chunk-size", help="Bytes of a zstd:chunked chunk (0: 4 MiB)")
    ] = 0
    zstdchunked_compression_level: Annotated[
        int, Option("--zstdchunked-compression-level", help="Compression level of zstd:chunked, 1 to 22")
    ] = 3
    zstdchunked_record_in: Annotated[
        str,
        Option("--zstdchunked-record-in", help="Record of the files that are read first", complete="file"),
    ] = ""

    def form(self) -> Form | None:
        alone("--zstd", self.zstd, {"--zstd-compression-level": self.zstd_compression_level}, self)
        chunked = {
            "--zstdchunked-chunk-size": self.zstdchunked_chunk_size,
            "--zstdchunked-compression-level": self.zstdchunked_compression_level,
            "--zstdchunked-record-in": self.zstdchunked_record_in,
        }
        alone("--zstdchunked", self.zstdchunked, chunked, self)
        within("--zstd-compression-level", self.zstd_compression_level, 1, 22)
        within("--zstdchunked-compression-level", self.zstdchunked_compression_level, 1, 22)
        within("--zstdchunked-chunk-size", self.zstdchunked_chunk_size, 0)
        if self.zstd:
            return Form(kind="zstd", level=self.zstd_compression_level)
        form = Form(
            kind="zstdchunked",
            level=self.zstdchunked_compression_level,
            chunk_size=self.zstdchunked_chunk_size,
            record=self.zstdchunked_record_in,
        )
        return form if self.zstdchunked else None


def alone(format: str, is_given: bool, flags: Mapping[str, Any], group: object) -> None:
    """Flags of a form are refused without it."""
    for flag, value in flags.items():
        default = type(group).__dataclass_fields__[flag[2:].replace("-", "_")].default  # type: ignore[attr-defined]
        if value != default and not is_given:
            raise UsageError(f"{flag} goes with {format}, which is not given")


def within(flag: str, value: int, least: int, most: int = 1 << 40) -> None:
    if not least <= value <= most:
        raise UsageError(
            f"{flag} must be between {least} and {most}, not {value}"
            if most < 1 << 40
            else f"{flag} must not be below {least}: {value}"
        )
