"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def return_freed_memory() -> None:
    """Return to the system what this process has freed.

    The C library keeps freed memory that lies between what is in use, for the next to ask; after a
    step on large arrays that was as much as all that the run held. Where the C library has no such
    function, only Arrow's memory is returned.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
