"""What the pages of a Parquet file declare, read from their headers and nothing else.

Arrow reads a page whole, with as much memory as its header asks for: a file of some hundred bytes
may ask for gigabytes. The headers are Thrift structures (parquet-format, `PageHeader` in
parquet.thrift); of them only sizes and counts are looked at.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, BinaryIO

from dedup.readers.thrift import CompactReader

#: A header is read in one go where it is no longer; those with long statistics are.
_HEADER_BYTES = 1 << 13
_LONGEST_HEADER = 1 << 22
#: Values of a page of a column of lists: Arrow reads those of one row at once.
_MOST_VALUES = 1 << 24

# Fields of a file's description, a row group, a column chunk and what is said of it.
_ROW_GROUPS, _COLUMNS, _COLUMN_META = 4, 1, 3
_PATH, _VALUES, _COMPRESSED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 3, 5, 7, 9, 11
# Fields of a page header.
_UNCOMPRESSED, _COMPRESSED, _DATA_PAGE, _DATA_PAGE_V2 = 2, 3, 5, 8


class PageBound(Exception):
    """A page cannot be read within bounds; the text says why."""


def largest_page(source: BinaryIO, columns: Sequence[str], nested: Sequence[bool]) -> int:
    """The most bytes that a page of these columns (and those below them) declares, uncompressed.

    `nested` [leaves of the schema]: does the leaf hold lists? Raises PageBound for a header that
    makes no sense, and for a page of lists with too many values.
    """
    largest = 0
    for group in _structs(_footer(source).get(_ROW_GROUPS)):
        for chunk, lists in zip(_structs(group.get(_COLUMNS)), nested, strict=False):
            meta = chunk.get(_COLUMN_META)
            if not isinstance(meta, dict):
                raise PageBound("is damaged (a column is not described); nothing is read from it")
            path = meta.get(_PATH)
            first = path[0] if isinstance(path, list) and path else None
            if not isinstance(first, bytes) or first.decode("utf-8", "replace") in columns:
                largest = max(largest, _largest_of(source, meta, lists))
    return largest


def _footer(source: BinaryIO) -> dict[int, Any]:
    """The description of a file at its end (`FileMetaData` in parquet.thrift).

    Arrow's own objects for it are not asked: where a column's statistics contradict each other, to
    ask for it ends the process (pyarrow 26).
    """
    end = source.seek(0, os.SEEK_END)
    source.seek(max(0, end - 8))
    tail = source.read(8)
    size = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or size > end - 8:
        raise PageBound("is damaged (its description is not at its end); nothing is read from it")
    source.seek(end - 8 - size)
    try:
        return CompactReader(source.read(size)).struct()
    except (IndexError, ValueError):
        raise PageBound(
            "is damaged (its description cannot be read); nothing is read from it"
        ) from None


def _structs(values: Any) -> list[dict[int, Any]]:
    """The structures of a list of them."""
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _largest_of(source: BinaryIO, meta: dict[int, Any], nested: bool) -> int:
    """The most bytes that a page of a column chunk declares."""
    if _number(meta, _VALUES) == 0:
        return 0  # an empty table is written with a chunk that has no pages
    offset, size = _number(meta, _DATA_OFFSET), _number(meta, _COMPRESSED_SIZE)
    if 0 < _number(meta, _DICTIONARY_OFFSET) < offset:
        offset = _number(meta, _DICTIONARY_OFFSET)
    if offset < 0 or size < 0:
        raise PageBound("is damaged (a column has no place); nothing is read from it")
    end = offset + size
    largest = 0
    while offset < end:
        header, length = _header(source, offset, end)
        sizes = _number(header, _UNCOMPRESSED), _number(header, _COMPRESSED)
        if min(sizes) < 0:
            raise PageBound(
                f"is damaged (a page at byte {offset} has no size); nothing is read from it"
            )
        pages = (header.get(kind) for kind in (_DATA_PAGE, _DATA_PAGE_V2))
        values = [_number(page, 1) for page in pages if isinstance(page, dict)]
        if nested and max(values, default=0) > _MOST_VALUES:
            raise PageBound(
                f"declares a page of {max(values)} values in lists, more than {_MOST_VALUES};"
                " nothing is read from it"
            )
        largest = max(largest, sizes[0])
        offset += length + sizes[1]
    return largest


def _number(fields: dict[int, Any], field: int) -> int:
    """A field that is a number, -1 where it is none."""
    value = fields.get(field)
    return value if isinstance(value, int) else -1


def _header(source: BinaryIO, offset: int, end: int) -> tuple[dict[int, Any], int]:
    """The fields of the header at a place of the file, and its length."""
    size = _HEADER_BYTES
    while True:
        source.seek(offset)
        data = source.read(min(size, end - offset))
        try:
            reader = CompactReader(data)
            return reader.struct(), reader.at
        except ValueError:
            raise PageBound(
                f"is damaged (no page begins at byte {offset}); nothing is read from it"
            ) from None
        except IndexError:
            if size >= _LONGEST_HEADER or len(data) < size:
                raise PageBound(
                    f"is damaged (no page begins at byte {offset}); nothing is read from it"
                ) from None
            size *= 16
