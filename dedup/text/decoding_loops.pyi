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
