import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

def respell(
    hashes: _Hashes,
    starts: _Ints,
    numbers: _Ints,
    day_hashes: _Hashes,
    day_others: _Hashes,
    day_firsts: npt.NDArray[np.int32],
    unit_hashes: _Hashes,
    unit_others: _Hashes,
    unit_firsts: npt.NDArray[np.int32],
    month_hashes: _Hashes,
    month_others: _Hashes,
    month_firsts: npt.NDArray[np.int32],
    further: _Ints,
) -> None: ...
