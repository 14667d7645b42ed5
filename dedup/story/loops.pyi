import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float32]
_Packed = npt.NDArray[np.uint64]
_Small = npt.NDArray[np.int32]

def meet(
    rows: _Packed,
    published: _Ints,
    dated: int,
    milestones: _Ints,
    unknown: int,
    window: float,
    since: int,
    cap: int,
    steps: int,
    telling: int,
    at: _Ints,
    pairs: _Packed,
    weights: _Small,
) -> int: ...
def pair_sums(
    starts: _Ints,
    stems: npt.NDArray[np.uint32],
    weights: _Floats,
    rarity: _Floats,
    marks: npt.NDArray[np.uint8],
    name: int,
    title: int,
    day: int,
    title_day: int,
    head: int,
    left: _Ints,
    right: _Ints,
    out: npt.NDArray[np.float64],
) -> None: ...
def item_sums(
    starts: _Ints,
    weights: _Floats,
    rarity: _Floats,
    marks: npt.NDArray[np.uint8],
    name: int,
    title: int,
    day: int,
    title_day: int,
    out: npt.NDArray[np.float64],
) -> None: ...
def heaviest(
    starts: _Ints, weights: _Floats, rarity: _Floats, floor: float, ceiling: float, out: _Small
) -> None: ...
