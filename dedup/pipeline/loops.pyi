import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

def lines(
    words: _Hashes,
    flags: npt.NDArray[np.uint8],
    starts: _Ints,
    mix: int,
    owner: _Ints,
    hashes: _Hashes,
    first: _Ints,
    sizes: _Ints,
) -> int: ...
def join_kept(
    order: _Ints,
    begin: _Ints,
    keepers: _Ints,
    waiting: npt.NDArray[np.uint8],
    edges: _Ints,
) -> None: ...
