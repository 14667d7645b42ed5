import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Codes = npt.NDArray[np.uint32]
_Hashes = npt.NDArray[np.uint64]

def decode(
    utf8: _Bytes,
    offsets: _Ints,
    actions: _Bytes,
    becomes: _Codes,
    characters: _Codes,
    starts: _Ints,
    seams: _Ints,
    rewritten: _Bytes,
) -> int: ...
def cut(
    characters: _Codes,
    starts: _Ints,
    traits: _Bytes,
    folded: _Codes,
    shapes: _Bytes,
    base: int,
    mix: int,
    begin: _Ints,
    end: _Ints,
    firsts: _Ints,
    hashes: _Hashes,
    flags: _Bytes,
) -> int: ...
def mark(
    utf8: _Bytes,
    starts: _Ints,
    mix: int,
    eights: _Hashes,
    twos: _Bytes,
    firsts: npt.NDArray[np.uint16],
    marks: _Bytes,
    borders: _Ints,
    kinds: _Codes,
    texts: _Ints,
    begins: _Ints,
    ends: _Ints,
    kinds_of_line: _Codes,
) -> int: ...
def respell(
    hashes: _Hashes,
    starts: _Ints,
    numbers: _Ints,
    day_hashes: _Hashes,
    day_others: _Hashes,
    day_firsts: npt.NDArray[np.int32],
    unit_hashes: _Hashes,
    unit_others: _Hashes,
    unit_firsts: npt.NDArray[np.int32],
    month_hashes: _Hashes,
    month_others: _Hashes,
    month_firsts: npt.NDArray[np.int32],
    further: _Ints,
) -> None: ...
