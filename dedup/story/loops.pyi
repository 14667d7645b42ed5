import numpy as np
import numpy.typing as npt

_Keys = npt.NDArray[np.uint64]
_Values = npt.NDArray[np.int32]

def get(
    keys: _Keys, table: _Keys, values: _Values, spread: int, shift: int, zero: int, out: _Values
) -> None: ...
