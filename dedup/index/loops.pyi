import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_Halves = npt.NDArray[np.uint32]

def shingles(
    words: _Hashes, starts: _Ints, k: int, multiply: int, final: int, places: _Ints, out: _Hashes
) -> None: ...
def sign(hashes: _Halves, starts: _Ints, a: _Halves, b: _Halves, out: _Halves) -> None: ...
def least(hashes: _Hashes, starts: _Ints, out: _Hashes) -> int: ...
