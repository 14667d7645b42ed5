import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_Bytes = npt.NDArray[np.uint8]

def mark_words(
    place: _Ints,
    at: _Ints,
    covered: _Bytes,
    kinds: _Bytes,
    flags: _Bytes,
    entries: _Ints,
    first: _Ints,
    counts: _Ints,
    stock: _Bytes,
    service: _Bytes,
    out: npt.NDArray[np.uint16],
) -> None: ...
def count_marks(marks: npt.NDArray[np.uint16], begin: _Ints, end: _Ints, out: _Ints) -> None: ...
def seek_words(words: _Hashes, listed: _Hashes, upper: _Bytes, out: _Ints) -> None: ...
def word_kinds(
    roots: npt.NDArray[np.uint32],
    flags: _Bytes,
    starts: _Ints,
    entries: _Ints,
    figures: npt.NDArray[np.float64],
    joined: _Bytes,
    listed: _Bytes,
    agency: _Bytes,
    service: _Bytes,
    shouted: float,
    least: int,
    out: _Bytes,
) -> None: ...
