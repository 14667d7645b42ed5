import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]

def valid(data: _Bytes, offsets: npt.NDArray[np.int32]) -> bool: ...
def controls(data: _Bytes, offsets: npt.NDArray[np.int64], rows: _Bytes) -> None: ...
def line_feeds(data: bytes) -> int: ...
def holding(
    data: _Bytes, offsets: npt.NDArray[np.int64], one: int, other: int, rows: _Bytes
) -> None: ...
def unescape(
    data: _Bytes | bytes,
    lengths: npt.NDArray[np.int64],
    escaped: _Bytes,
    out: _Bytes,
    offsets: npt.NDArray[np.int32],
    unicode: _Bytes,
    other: _Bytes,
) -> None: ...
