import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_Bytes = npt.NDArray[np.uint8]
_Table = npt.NDArray[np.int32]

def store(
    values: _Hashes, starts: _Ints, table: _Table, heads: _Ints, same: _Ints, sizes: _Ints
) -> None: ...
def find(
    owners: _Ints, needles: _Hashes, values: _Hashes, table: _Table, heads: _Ints, at: _Ints
) -> None: ...
def match(
    items: _Ints,
    others: _Ints,
    starts: _Ints,
    values: _Hashes,
    table: _Table,
    heads: _Ints,
    same: _Ints,
    borders: _Ints,
    place: _Ints,
    at: _Ints,
) -> None: ...
def segments(
    place: _Ints,
    at: _Ints,
    borders: _Ints,
    starts: _Ints,
    shingle_starts: _Ints,
    items: _Ints,
    others: _Ints,
    k: int,
    parts: _Ints,
    owner: _Ints,
    begin: _Ints,
    end: _Ints,
    other_begin: _Ints,
    other_end: _Ints,
    covered: _Bytes,
) -> int: ...
def shared(place: _Ints, at: _Ints, borders: _Ints, same: _Ints, out: _Ints) -> None: ...
def common(
    place: _Ints, at: _Ints, borders: _Ints, same: _Ints, counts: _Ints, out: _Ints
) -> None: ...
def sequences(words: _Hashes, starts: _Ints, step: int, out: _Hashes) -> None: ...
