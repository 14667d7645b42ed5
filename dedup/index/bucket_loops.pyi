import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_Halves = npt.NDArray[np.uint32]
_Ranks = npt.NDArray[np.int32]

def split(
    keys: _Halves, starts: _Ints, first: int, shift: int, places: _Ints, out: _Hashes
) -> None: ...
def crowded(members: _Hashes, ranks: _Ranks) -> int: ...
def by_pass(
    members: _Hashes,
    ranks: _Ranks,
    first: int,
    width: int,
    cap: int,
    ends: _Ints,
    out: _Hashes,
    out_ranks: _Ranks,
) -> int: ...
def memberships(
    members: _Hashes,
    ranks: _Ranks,
    first: int,
    starts: _Ints,
    places: _Halves,
) -> int: ...
def sharing(
    members: _Hashes,
    ranks: _Ranks,
    starts: _Ints,
    places: _Halves,
    first: int,
    low: int,
    high: int,
    counts: _Halves,
    share: float,
    cap: int,
    head: int,
    others: _Halves,
    times: _Halves,
    touched: _Halves,
    out: _Hashes,
) -> tuple[int, int]: ...
