"""Memory that was freed: given back to the system, or kept for the next to ask."""

from __future__ import annotations

import ctypes


def return_freed_memory() -> None:
    """Return to the system what this process has freed.

    The C library keeps freed memory that lies between what is in use, for the next to ask; after a
    step on large arrays that was as much as all that the run held. Where the C library has no such
    function, only Arrow's memory is returned.
    """
    import pyarrow as pa  # here, since worker processes start with this module

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


#: Names of what `mallopt` sets, as in the C library's `malloc.h`.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

#: Bytes up to which freed memory is kept, and the most that `mallopt` takes for one array.
_KEPT_BYTES_MAX, _ARRAY_BYTES_MAX = 1 << 28, 1 << 25


def keep_freed_memory() -> None:
    """Keep what this process frees for its next arrays.

    For a process of this program alone that makes arrays of the same sizes again and again, as a
    worker does for every chunk. By default the C library returns large ones to the system, which
    then clears each of their pages anew: a tenth of the time of reading. Where the C library has no
    such function, nothing is changed. `return_freed_memory` still returns what is kept.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, _ARRAY_BYTES_MAX)
        set_option(_TRIM_THRESHOLD, _KEPT_BYTES_MAX)
