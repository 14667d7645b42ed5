"""The inner loops over texts: compiled where `loops.pyx` was built, else by array operations.

For every loop there are `NAME_compiled` and `NAME_numpy`, which give the same answers, and `NAME`,
the one in use, chosen once, when the module is imported. Callers write `kernels.NAME`, so a test or
a benchmark can put the other one in its place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.columns.arrow import text_bytes
from dedup.columns.ragged import expand_ranges, gather, offsets
from dedup.columns.types import (
    BoolArray,
    Int32Array,
    Int64Array,
    Uint8Array,
    Uint32Array,
    Uint64Array,
)
from dedup.text.codepoints import ALONE, CodepointBatch, character_tables, from_arrow
from dedup.text.hashing import BASE, WORD_MIX, hash_ranges
from dedup.text.roots import CONTENT, shapes
from dedup.text.tokens import KIND, LINE, token_bounds, word_flags

try:
    from dedup.text import loops
except ImportError:  # installed without a compiler
    loops = None  # type: ignore[assignment]

# What a code point asks for when texts are decoded: nothing; to be left out; to be written as
# another; that its whole text is written anew (`normalise.rewrite`); to be left out between
# Cyrillic letters; to be a point between digits.
KEEP, DROP, REPLACE, REWRITE, APOSTROPHE, POINT = range(6)
ACTION = np.uint8(7)
# Beside it, what the character is.
CYRILLIC, LATIN, GREEK, DIGIT = (np.uint8(bit) for bit in (8, 16, 32, 64))
LETTERS = CYRILLIC | LATIN | GREEK


class Characters(NamedTuple):
    """What decoding does with characters: `actions` uint8 and `becomes` uint32, by code point."""

    actions: Uint8Array
    becomes: Uint32Array


class Decoded(NamedTuple):
    """Texts as code points, normalised but for what looks at more than one of them.

    `codes` uint32 [characters] and `starts` int64 [texts + 1]: as in `CodepointBatch`. `seams`
    int64: places of letters that stand beside one of another alphabet before them, ascending.
    `rewritten` bool [texts]: does the text hold a character that asks for a REWRITE?
    """

    codes: Uint32Array
    starts: Int64Array
    seams: Int64Array
    rewritten: BoolArray


def decode_compiled(column: pa.Array, characters: Characters) -> Decoded:
    """The texts of an Arrow string array without nulls."""
    places, data = text_bytes(column)
    codes, seams = np.empty(len(data), np.uint32), np.empty(len(data), np.int64)
    starts, rewritten = np.empty(len(places), np.int64), np.empty(len(column), np.uint8)
    n = loops.decode(data, places, *characters, codes, starts, seams, rewritten)
    return Decoded(codes[: starts[-1]], starts, seams[:n], rewritten.view(np.bool_))


def decode_numpy(column: pa.Array, characters: Characters) -> Decoded:
    """As `decode_compiled`."""
    return decode_codes(from_arrow(column), characters)


def decode_codes(texts: CodepointBatch, characters: Characters) -> Decoded:
    """As `decode`, of texts that are code points already."""
    codes, starts = texts
    # Every code point is in the table; "clip" spares the check (and a copy).
    asks = characters.actions.take(codes, mode="clip")
    action = asks & ACTION
    rewritten = np.zeros(len(starts) - 1, np.bool_)
    rewritten[np.searchsorted(starts, np.flatnonzero(action == REWRITE), "right") - 1] = True
    if action.any():
        codes = np.where(action > 0, characters.becomes.take(codes, mode="clip"), codes)
        codes, starts, asks = _without(action == DROP, codes, starts, asks)
        before, after = _beside(asks & (LETTERS | DIGIT), starts)
        action = asks & ACTION
        codes[(action == POINT) & (before == DIGIT) & (after == DIGIT)] = ord(".")
        inside = (action == APOSTROPHE) & (before == CYRILLIC) & (after == CYRILLIC)
        codes, starts, asks = _without(inside, codes, starts, asks)
    letters = asks & LETTERS
    before, _ = _beside(letters, starts)
    seams = np.flatnonzero((letters > 0) & (before > 0) & (letters != before))
    return Decoded(codes, starts, seams, rewritten)


def _without(
    gone: BoolArray, codes: Uint32Array, starts: Int64Array, asks: Uint8Array
) -> tuple[Uint32Array, Int64Array, Uint8Array]:
    if not gone.any():
        return codes, starts, asks
    before = offsets(gone)
    return codes[~gone], starts - before[starts], asks[~gone]


def _beside(letters: Uint8Array, starts: Int64Array) -> tuple[Uint8Array, Uint8Array]:
    """What stands before and after each character of its text; 0 at its ends."""
    before, after = np.zeros_like(letters), np.zeros_like(letters)
    before[1:], after[:-1] = letters[:-1], letters[1:]
    inner = starts[(starts > 0) & (starts < len(letters))]
    before[inner] = after[inner - 1] = 0
    return before, after


#: begin, end, starts, hashes, flags: as in `words.Words`.
WordColumns = tuple[Int64Array, Int64Array, Int64Array, Uint64Array, Uint8Array]


def cut_compiled(texts: CodepointBatch, traits: Uint8Array) -> WordColumns:
    """The words of texts; `traits` uint8 by code point (see `tokens`).

    Where the traits tell letters of scripts without spaces, each begins a word of two: itself and
    the next such letter of its line. Single letters are shared by any two texts; two by two they
    are about as telling as words are elsewhere.
    """
    n = len(texts.codes)
    begin, end, starts = (np.empty(size, np.int64) for size in (n, n, len(texts.starts)))
    hashes, flags = np.empty(n, np.uint64), np.empty(n, np.uint8)
    words = loops.cut(
        *texts,
        traits,
        character_tables().fold,
        shapes(),
        BASE,
        WORD_MIX,
        begin,
        end,
        starts,
        hashes,
        flags,
    )
    # Copies: the words are a sixth of the characters, and are kept.
    begin, end = begin[:words].copy(), end[:words].copy()
    return begin, end, starts, hashes[:words].copy(), flags[:words].copy()


def cut_numpy(texts: CodepointBatch, traits: Uint8Array) -> WordColumns:
    """As `cut_compiled`."""
    places = texts.codes.astype(np.intp)  # `take` would convert at each call
    each = traits.take(places, mode="clip")
    begin, end = token_bounds(texts, each)
    starts = np.searchsorted(begin, texts.starts)
    flags = word_flags(texts, each, begin, end)
    hashes = hash_ranges(places, begin, end)
    alone = each[begin] & KIND == ALONE
    alone &= ~_is_sign(texts.codes[begin])
    chained = np.flatnonzero(alone[:-1] & alone[1:] & (flags[1:] & LINE == 0))
    pairs = (hashes[chained] * np.uint64(BASE) + hashes[chained + 1]) * np.uint64(WORD_MIX)
    root = ((pairs >> np.uint64(34)) << np.uint64(1)) | np.uint64(CONTENT)
    hashes[chained] = (root << np.uint64(32)) | (pairs & np.uint64(0xFFFFFFFF))
    end[chained] = end[chained + 1]
    return begin, end, starts, hashes, flags


def _is_sign(codes: Uint32Array) -> BoolArray:
    """Which are signs that are words, as %, and not letters?"""
    out: BoolArray = (codes < 0xE00) | ((codes >= 0x2000) & (codes < 0x2E80))
    return out


# Slots of marks: by the hash of eight bytes come first, then those by two bytes, then those by one.
BITS = 17
TWO = 1 << BITS
ONE = TWO + (1 << 16)
SLOTS = ONE + 256
#: Places looked at at once by array operations; their arrays then stay in the processor's cache.
_WORDS_AT_ONCE = 1 << 15


class MarkTables(NamedTuple):
    """Marks, and how they are found.

    `eights` uint64 (a bit a slot) and `twos` bool (by the first two bytes) tell where a mark may
    begin; `firsts` uint16 [SLOTS + 1]: the first mark of each slot; `marks` uint8 with `starts`
    int64: the marks end to end; `kinds` uint32: a bit for the kind of each mark.
    """

    eights: Uint64Array
    twos: BoolArray
    firsts: npt.NDArray[np.uint16]
    marks: Uint8Array
    starts: Int64Array
    kinds: Uint32Array


#: text, begin, end, kinds: as in `prefilter.MarkedLines`.
MarkedLineColumns = tuple[Int64Array, Int64Array, Int64Array, Uint32Array]


def mark_compiled(data: Uint8Array, starts: Int64Array, tables: MarkTables) -> MarkedLineColumns:
    """The lines that hold marks, of texts `data[starts[i]:starts[i + 1]]`, one after the other."""
    # A line that is not its text's last has two bytes at least: a mark and the line feed.
    most = len(data) // 2 + len(starts)
    text, begin, end = (np.empty(most, np.int64) for _ in range(3))
    kinds = np.empty(most, np.uint32)
    eights, twos, firsts, marks, places, bits = tables
    near = eights, twos.view(np.uint8), firsts
    n = loops.mark(data, starts, BASE, *near, marks, places, bits, text, begin, end, kinds)
    return text[:n], begin[:n], end[:n], kinds[:n]


def mark_numpy(data: Uint8Array, starts: Int64Array, tables: MarkTables) -> MarkedLineColumns:
    """As `mark_compiled`."""
    place, mark = _marks_at(data, tables)
    text = np.searchsorted(starts, place, "right") - 1
    whole = place + np.diff(tables.starts)[mark] <= starts[text + 1]
    order = np.argsort(place[whole], kind="stable")
    place, mark, text = (values[whole][order] for values in (place, mark, text))
    feeds = np.flatnonzero(data == 10)
    feed = np.searchsorted(feeds, place)
    begin = np.maximum(np.append(-1, feeds)[feed] + 1, starts[text])
    end = np.minimum(np.append(feeds, len(data))[feed], starts[text + 1])
    new = np.flatnonzero(np.diff(begin, prepend=-1))
    kinds = np.bitwise_or.reduceat(tables.kinds[mark], new) if len(new) else tables.kinds[:0]
    return text[new], begin[new], end[new], kinds


def _marks_at(data: Uint8Array, tables: MarkTables) -> tuple[Int64Array, Int64Array]:
    """Places in `data` and the marks there."""
    padded = np.append(data, np.zeros(8, np.uint8))
    eight = np.ndarray(len(data), np.dtype("<u8"), padded.data, strides=(1,))
    firsts = tables.firsts.astype(np.int64)
    counts = np.diff(firsts)
    used = counts[:TWO] > 0
    near = [np.zeros(0, np.int64)]
    for low in range(0, len(data), _WORDS_AT_ONCE):
        part = eight[low : low + _WORDS_AT_ONCE]
        perhaps = used.take(_hashed(part), mode="clip")
        perhaps |= tables.twos.take(part.astype(np.uint16).astype(np.intp), mode="clip")
        near.append(np.flatnonzero(perhaps) + low)
    at = np.concatenate(near)
    slots = _hashed(eight[at]), TWO + (eight[at] & np.uint64(0xFFFF)).astype(np.int64)
    places, marks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for slot in (*slots, ONE + data[at].astype(np.int64)):
        mark = expand_ranges(firsts[slot], counts[slot])
        place = np.repeat(at, counts[slot])
        sizes = np.diff(tables.starts)[mark]
        fits = place + sizes <= len(data)
        mark, place, sizes = mark[fits], place[fits], sizes[fits]
        unlike = gather(data, place, sizes) != gather(tables.marks, tables.starts[mark], sizes)
        same = np.diff(offsets(unlike)[offsets(sizes)]) == 0
        places.append(place[same])
        marks.append(mark[same])
    return np.concatenate(places), np.concatenate(marks)


def _hashed(eight: Uint64Array) -> Int64Array:
    """Slots of eight bytes."""
    slots = eight * np.uint64(BASE)
    slots >>= np.uint64(64 - BITS)
    return slots.view(np.int64)


#: By so many upper bits of its hash a spelling is sought.
SPELLING_BITS = 12


class Spellings(NamedTuple):
    """Words that are written as another: `hashes` uint64, ascending, and `others` uint64, what each
    is. `firsts` int32 [2^SPELLING_BITS + 1]: the first of each slot of upper bits."""

    hashes: Uint64Array
    others: Uint64Array
    firsts: Int32Array

    def replace(self, words: Uint64Array, places: Int64Array) -> Int64Array:
        """Write the listed ones of the words at these places anew, in place; where they were."""
        listed = np.minimum(np.searchsorted(self.hashes, words[places]), len(self.hashes) - 1)
        hit = self.hashes[listed] == words[places]
        replaced: Int64Array = places[hit]
        words[replaced] = self.others[listed[hit]]
        return replaced


def respell_compiled(
    hashes: Uint64Array,
    starts: Int64Array,
    numbers: Int64Array,
    days: Spellings,
    units: Spellings,
    months: Spellings,
) -> None:
    """Write days anew, and units and months beside numbers, in place.

    `hashes` uint64 [words], `starts` int64 [texts + 1], `numbers` int64: which words are numbers.
    """
    loops.respell(hashes, starts, numbers, *days, *units, *months, np.empty(len(numbers), np.int64))


def respell_numpy(
    hashes: Uint64Array,
    starts: Int64Array,
    numbers: Int64Array,
    days: Spellings,
    units: Spellings,
    months: Spellings,
) -> None:
    """As `respell_compiled`."""
    text = np.searchsorted(starts, numbers, "right") - 1
    low, high = starts[text], starts[text + 1]
    days.replace(hashes, numbers)
    for step in (-1, 1):
        beside = numbers + step
        inside = (beside >= low) & (beside < high)
        replaced = units.replace(hashes, beside[inside])
        # $ 5 million, 5 million dollars: a unit may stand beside another.
        further = replaced + step
        owner = np.searchsorted(starts, replaced, "right") - 1
        units.replace(hashes, further[(further >= starts[owner]) & (further < starts[owner + 1])])
        months.replace(hashes, beside[inside])


if loops is None:
    decode, cut, mark, respell = decode_numpy, cut_numpy, mark_numpy, respell_numpy
else:
    decode, cut, mark, respell = decode_compiled, cut_compiled, mark_compiled, respell_compiled
