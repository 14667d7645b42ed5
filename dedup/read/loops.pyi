import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]

def unescape(
    data: _Bytes | bytes,
    lengths: npt.NDArray[np.int64],
    escaped: _Bytes,
    out: _Bytes,
    offsets: npt.NDArray[np.int32],
    unicode: _Bytes,
    other: _Bytes,
) -> None: ...
