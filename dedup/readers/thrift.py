"""Structures of Thrift in the compact protocol, as Parquet files hold them."""

from __future__ import annotations

from typing import Any

# Types of the protocol.
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_INTEGERS = (4, 5, 6)


class CompactReader:
    """Reads structures from bytes; `at` is how far it has come.

    Raises IndexError where the bytes end, ValueError for what is not a structure.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def struct(self, depth: int = 8) -> dict[int, Any]:
        """Fields by number: integers, bytes, structures and lists; of other types None."""
        if not depth:
            raise ValueError("nested too deeply")
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
                raise ValueError("no number")

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
            size = self._unsigned()
            self._skip(size)
            return self._data[self.at - size : self.at]
        elif kind in (_LIST, _SET):
            byte = self._byte()
            size = byte >> 4 if byte >> 4 < 15 else self._unsigned()
            if size > len(self._data):  # an element takes a byte at least
                raise IndexError
            return [self._element(byte & 15, depth) for _ in range(size)]
        else:
            raise ValueError("no type of the protocol")
        return None

    def _element(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return self._skip(1)
        return self._value(kind, depth)
