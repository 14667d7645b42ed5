import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Keys = npt.NDArray[np.uint64]
_Values = npt.NDArray[np.int32]
_HalfKeys = npt.NDArray[np.uint32]

def gather(values: _Bytes, begin: _Ints, sizes: _Ints, width: int, out: _Bytes) -> None: ...
def count_true(values: _Bytes, starts: _Ints, out: _Ints) -> None: ...
def heads(utf8: _Bytes, starts: _Ints, characters: int, sizes: _Ints) -> None: ...
def look_up(
    keys: _Keys, table: _Keys, values: _Values, spread: int, shift: int, zero: int, out: _Values
) -> None: ...
def insert(
    keys: _Keys, values: _Values, table: _Keys, held: _Values, spread: int, shift: int
) -> None: ...
def are_listed(
    sought: _Keys, keys: _HalfKeys, starts: _HalfKeys, shift: int, out: _Bytes
) -> None: ...
