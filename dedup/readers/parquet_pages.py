"""What the pages of a Parquet file declare, read from their headers and nothing else.

Arrow reads a page whole, with as much memory as its header asks for: a file of some hundred bytes
may ask for gigabytes. The headers are Thrift structures in the compact protocol
(parquet-format, `PageHeader` in parquet.thrift); of them only sizes and counts are looked at.
"""

from __future__ import annotations

from typing import Any, BinaryIO

#: A header is read in one go where it is no longer; those with long statistics are.
_HEADER_BYTES = 1 << 13
_LONGEST_HEADER = 1 << 22
#: Values of a page of a column of lists: Arrow reads those of one row at once.
_MOST_VALUES = 1 << 24

# Types of the compact protocol.
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_INTEGERS = (4, 5, 6)
# Fields of a page header.
_UNCOMPRESSED, _COMPRESSED, _DATA_PAGE, _DATA_PAGE_V2 = 2, 3, 5, 8


class PageBound(Exception):
    """A page cannot be read within bounds; the text says why."""


def largest_page(source: BinaryIO, metadata: Any, columns: list[str]) -> int:
    """The most bytes that a page of these columns (and those below them) declares, uncompressed.

    Raises PageBound for a header that makes no sense, and for a page of lists with too many values.
    """
    largest = 0
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        for j in range(group.num_columns):
            chunk = group.column(j)
            if chunk.path_in_schema.split(".")[0] not in columns:
                continue
            nested = metadata.schema.column(j).max_repetition_level > 0
            largest = max(largest, _largest_of(source, chunk, nested))
    return largest


def _largest_of(source: BinaryIO, chunk: Any, nested: bool) -> int:
    offset = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        offset = min(offset, chunk.dictionary_page_offset)
    end = offset + chunk.total_compressed_size
    largest = 0
    while offset < end:
        header, length = _header(source, offset, end)
        sizes = _number(header, _UNCOMPRESSED), _number(header, _COMPRESSED)
        if min(sizes) < 0:
            raise PageBound(f"is damaged (a page at byte {offset} has no size); nothing of it read")
        pages = (header.get(kind) for kind in (_DATA_PAGE, _DATA_PAGE_V2))
        values = [_number(page, 1) for page in pages if isinstance(page, dict)]
        if nested and max(values, default=0) > _MOST_VALUES:
            raise PageBound(
                f"declares a page of {max(values)} values in lists, more than {_MOST_VALUES};"
                " nothing of it read"
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
            reader = _Compact(data)
            return reader.struct(), reader.at
        except IndexError:
            if size >= _LONGEST_HEADER or len(data) < size:
                raise PageBound(
                    f"is damaged (no page begins at byte {offset}); nothing of it read"
                ) from None
            size *= 16


class _Compact:
    """Reads a structure of the compact protocol. Raises IndexError where the bytes end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def struct(self, depth: int = 8) -> dict[int, Any]:
        """Fields by number; only integers and structures have values."""
        if not depth:
            raise PageBound("is damaged (a page header is nested too deeply); nothing of it read")
        fields: dict[int, Any] = {}
        number = 0
        while True:
            byte = self._byte()
            if byte == 0:
                return fields
            number = number + (byte >> 4) if byte >> 4 else self._integer()
            fields[number] = self._value(byte & 15, depth)

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise PageBound("is damaged (a page header holds no number); nothing of it read")

    def _integer(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, size: int) -> None:
        self.at += size
        if self.at > len(self._data):
            raise IndexError

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return None
        if kind in _INTEGERS:
            return self._integer()
        if kind == _STRUCT:
            return self.struct(depth - 1)
        if kind == _BYTE:
            self._skip(1)
        elif kind == _DOUBLE:
            self._skip(8)
        elif kind == _BINARY:
            self._skip(self._unsigned())
        elif kind in (_LIST, _SET):
            byte = self._byte()
            size = byte >> 4 if byte >> 4 < 15 else self._unsigned()
            for _ in range(min(size, len(self._data))):
                self._element(byte & 15, depth)
        else:
            raise PageBound("is damaged (a page header is none); nothing of it read")
        return None

    def _element(self, kind: int, depth: int) -> None:
        if kind in (_TRUE, _FALSE):
            self._skip(1)
        else:
            self._value(kind, depth)
