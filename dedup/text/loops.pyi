import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Codes = npt.NDArray[np.uint32]

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
    hashes: npt.NDArray[np.uint64],
    flags: _Bytes,
) -> int: ...
def mark(
    utf8: _Bytes,
    starts: _Ints,
    mix: int,
    eights: npt.NDArray[np.uint64],
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
