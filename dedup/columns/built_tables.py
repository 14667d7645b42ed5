"""Tables that are worked out when the package is built, and read from a file afterwards.

Tables over all of Unicode and of the words of all languages take a tenth of a second to work out,
which is most of what a command that compares one text does. So `setup.py` has them written to one
file beside this package (`dedup.pipeline.build_tables`), which is mapped into memory and of which
only those pages are read that are asked for.

The file names its sources with a digest of their content: after a change of one of them nothing is
taken from it, and each table is worked out when it is first asked for, as it is where there is no
file.
"""

from __future__ import annotations

import json
import mmap
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dedup.columns.types import AnyArray

Table = TypeVar("Table")

#: The folder of the package.
PACKAGE = Path(__file__).parents[1]

#: The file of tables. Other versions of Python have other tables of Unicode.
TABLES_FILE = PACKAGE / f"tables.{sys.implementation.cache_tag}.bin"

#: Arrays begin at multiples of so many bytes.
_ALIGNMENT = 64

#: What works out each table, and what makes it of its arrays again, by the table's name.
makers: dict[str, tuple[Callable[[], Any], Callable[[Sequence[AnyArray]], Any]]] = {}


def built_table(
    restore: Callable[[Sequence[AnyArray]], Any], version: str = ""
) -> Callable[[Callable[[], Table]], Callable[[], Table]]:
    """Make a function without arguments the maker of a table, which is then made once.

    The table is an array or a tuple of arrays. `restore` makes it of its arrays; `version` is that
    of a library by which the table is made.
    """

    def decorate(make: Callable[[], Table]) -> Callable[[], Table]:
        name = f"{make.__module__}.{make.__qualname__} {version}"
        makers[name] = make, restore

        @lru_cache(maxsize=1)
        def table() -> Table:
            arrays = _stored().get(name)
            if arrays is None:
                return make()
            stored: Table = restore(arrays)
            return stored

        return table

    return decorate


def only_array(arrays: Sequence[AnyArray]) -> Any:
    """The `restore` of a table that is one array."""
    return arrays[0]


def make_tables() -> dict[str, list[AnyArray]]:
    """All tables whose modules are loaded, worked out: their arrays, by the table's name."""
    tables = {name: make() for name, (make, _) in sorted(makers.items())}
    return {
        name: [table] if isinstance(table, np.ndarray) else list(table)
        for name, table in tables.items()
    }


def write_tables(
    file: Path, tables: Mapping[str, Sequence[AnyArray]], sources: Iterable[Path]
) -> None:
    """Write tables (`make_tables`); `sources`: the files of the package that they depend on."""
    names = sorted(str(path.relative_to(PACKAGE)) for path in sources)
    entries: dict[str, list[tuple[str, tuple[int, ...], int]]] = {}
    parts: list[bytes] = []
    size = 0
    for name, arrays in tables.items():
        entries[name] = []
        for array in arrays:
            entries[name].append((array.dtype.str, array.shape, size))
            parts.append(array.tobytes())
            parts.append(bytes(-array.nbytes % _ALIGNMENT))
            size += len(parts[-2]) + len(parts[-1])
    head = {"sources": names, "digest": _digest(names), "tables": entries}
    line = json.dumps(head).encode()
    line += b" " * (-(len(line) + 1) % _ALIGNMENT) + b"\n"
    file.write_bytes(line + b"".join(parts))


def read_tables(file: Path) -> dict[str, list[AnyArray]]:
    """The arrays of each table of a file, by the table's name: empty where there is no such file,
    or where its sources have changed since."""
    try:
        with file.open("rb") as opened:
            head = json.loads(opened.readline())
            if _digest(head["sources"]) != head["digest"]:
                return {}
            first = opened.tell()
            # Written to, a page becomes this process's own.
            data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    except FileNotFoundError:
        return {}
    return {
        name: [np.ndarray(shape, dtype, data, first + offset) for dtype, shape, offset in of_table]
        for name, of_table in head["tables"].items()
    }


@lru_cache(maxsize=1)
def _stored() -> dict[str, list[AnyArray]]:
    return read_tables(TABLES_FILE)


def _digest(sources: Iterable[str]) -> str:
    """What tells these files of the package, and this Python's Unicode, from others."""
    digest = blake2b(f"{unicodedata.unidata_version} {sys.byteorder}".encode(), digest_size=16)
    for name in sources:
        content = (PACKAGE / name).read_bytes()
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
