import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Codes = npt.NDArray[np.uint32]
_Hashes = npt.NDArray[np.uint64]

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
