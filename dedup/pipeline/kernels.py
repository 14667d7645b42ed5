"""The inner loop of `repeated_lines`: compiled where `loops.pyx` was built, else by NumPy.

`lines_compiled` and `lines_numpy` give the same answers; `lines` is the one in use (see
`dedup.columns.kernels`).
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint8Array, Uint64Array
from dedup.text.words import LINE

try:
    from dedup.pipeline import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

#: Of each line: the place of its item in the batch, its hash, its first word, its size in words.
LineColumns = tuple[Int64Array, Uint64Array, Int64Array, Int64Array]

#: An odd number that spreads the bits of a line's hash.
LINE_MIX = np.uint64(0xFF51AFD7ED558CCD)
LINE_SHIFT = np.uint64(31)


def lines_compiled(words: Uint64Array, flags: Uint8Array, starts: Int64Array) -> LineColumns:
    """The lines of items, in order; item i has the words from `starts[i]` on."""
    # No more lines than that: each has a flag, or opens an item.
    most = int(np.count_nonzero(flags & LINE)) + len(starts)
    owner, first, sizes = (np.empty(most, np.int64) for _ in range(3))
    hashes = np.empty(most, np.uint64)
    n = loops.lines(words, flags, starts, int(LINE_MIX), owner, hashes, first, sizes)
    return owner[:n], hashes[:n], first[:n], sizes[:n]


def lines_numpy(words: Uint64Array, flags: Uint8Array, starts: Int64Array) -> LineColumns:
    """As `lines_compiled`."""
    head = (flags & LINE) > 0
    opening = starts[:-1][np.diff(starts) > 0]
    head[opening] = True
    first = np.flatnonzero(head)
    sizes = np.diff(np.append(first, len(head)))
    owner = np.searchsorted(starts, first, "right") - 1
    if not len(first):
        return owner, np.zeros(0, np.uint64), first, sizes
    # Order counts: each word's hash times an odd number of its place in the line.
    place = (np.arange(len(head)) - np.repeat(first, sizes)).astype(np.uint64)
    mixed = words * (place * np.uint64(2) + np.uint64(1))
    mixed ^= mixed >> LINE_SHIFT
    mixed *= LINE_MIX
    return owner, np.add.reduceat(mixed, first), first, sizes


lines = lines_compiled if loops else lines_numpy
