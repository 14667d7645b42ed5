"""The inner loops of `repeated_lines` and `clusters`: compiled where `loops.pyx` was built.

For each loop `NAME_compiled` and `NAME_numpy` give the same answers, and `NAME` is the one in use
(see `dedup.columns.kernels`).
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Int64Array, Uint8Array, Uint64Array
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


def join_kept_compiled(
    order: Int64Array, begin: Int64Array, keepers: Int64Array, waiting: BoolArray
) -> Int64Array:
    """By which edge each item joins a kept one, int64 [items]; -1 where it is kept.

    `order` int64: the items that may be removed, in the order in which they are decided on; `begin`
    int64 [items + 1]: where the edges of each begin, the preferred first; `keepers` int64 [edges];
    `waiting` bool [items]: which are not decided on yet, none in the end.
    """
    edges = np.full(len(waiting), -1, np.int64)
    loops.join_kept(order, begin, keepers, waiting.view(np.uint8), edges)
    return edges


def join_kept_numpy(
    order: Int64Array, begin: Int64Array, keepers: Int64Array, waiting: BoolArray
) -> Int64Array:
    """As `join_kept_compiled`. No array operation: each step asks what the ones before decided."""
    edges = np.full(len(waiting), -1, np.int64)
    for item in order.tolist():
        waiting[item] = False
        for edge in range(int(begin[item]), int(begin[item + 1])):
            if edges[keepers[edge]] < 0 and not waiting[keepers[edge]]:
                edges[item] = edge
                break
    return edges


lines = lines_compiled if loops else lines_numpy
join_kept = join_kept_compiled if loops else join_kept_numpy
