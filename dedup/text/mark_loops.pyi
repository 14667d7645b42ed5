import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Codes = npt.NDArray[np.uint32]
_Hashes = npt.NDArray[np.uint64]

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
