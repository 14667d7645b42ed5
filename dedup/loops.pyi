import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

def gather(values: _Bytes, begin: _Ints, sizes: _Ints, width: int, out: _Bytes) -> None: ...
