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
def split(
    keys: _Halves, starts: _Ints, first: int, shift: int, places: _Ints, out: _Hashes
) -> None: ...
def crowded(members: _Hashes, ranks: npt.NDArray[np.int32]) -> int: ...
def by_pass(
    members: _Hashes,
    ranks: npt.NDArray[np.int32],
    first: int,
    width: int,
    cap: int,
    ends: npt.NDArray[np.int64],
    out: _Hashes,
    out_ranks: npt.NDArray[np.int32],
) -> int: ...
def memberships(
    members: npt.NDArray[np.uint64],
    ranks: npt.NDArray[np.int32],
    first: int,
    starts: npt.NDArray[np.int64],
    places: npt.NDArray[np.uint32],
) -> int: ...
def sharing(
    members: npt.NDArray[np.uint64],
    ranks: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int64],
    places: npt.NDArray[np.uint32],
    first: int,
    low: int,
    high: int,
    counts: npt.NDArray[np.uint32],
    share: float,
    cap: int,
    head: int,
    others: npt.NDArray[np.uint32],
    times: npt.NDArray[np.uint32],
    touched: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint64],
) -> tuple[int, int]: ...
