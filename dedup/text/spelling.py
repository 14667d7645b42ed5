"""Numbers, units and dates in one spelling, as words: 12,4 % is "12.4 percent", 03.05 is "3 May".

Only words beside a number are looked at. The language modules say which words are units and months;
they are loaded where the tables below are worked out (`dedup.columns.built_tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.ragged import expand_ranges, offsets
from dedup.columns.types import BoolArray, Int64Array, Uint32Array, Uint64Array
from dedup.text import spelling_kernels
from dedup.text.codepoints import CodepointBatch
from dedup.text.hashing import hash_words
from dedup.text.spelling_kernels import SPELLING_BITS, Spellings
from dedup.text.tokens import NUMBER
from dedup.text.words import Words


def _spellings(words: Mapping[str, str]) -> Spellings:
    hashes, others = hash_words(list(words)), hash_words(list(words.values()))
    order = np.argsort(hashes)
    firsts = np.searchsorted(hashes[order] >> np.uint64(64 - SPELLING_BITS), SPELLING_SLOTS)
    return Spellings(hashes[order], others[order], firsts.astype(np.int32))


#: The first words of each slot, and the end.
SPELLING_SLOTS = np.arange((1 << SPELLING_BITS) + 1, dtype=np.uint64)


@built_table(Spellings._make)
def _units() -> Spellings:
    from dedup.text.lang import tables

    return _spellings(tables().units)


@built_table(Spellings._make)
def _months() -> Spellings:
    from dedup.text.lang import tables

    first = _month_names()
    return _spellings({form: first[month - 1] for form, month in tables().months.items()})


@built_table(Spellings._make)
def _days() -> Spellings:
    """Days of a month, and those with a nought before them."""
    plain = {str(day): str(day) for day in range(1, 32)}
    return _spellings(plain | {f"{day:02}": str(day) for day in range(1, 10)})


@built_table(tuple)
def _dates() -> tuple[Uint64Array, Uint64Array]:
    """The words of days 1 to 31 and of months 1 to 12, uint64; at 0 stands none."""
    return hash_words([str(day) for day in range(32)]), hash_words(["", *_month_names()])


def _month_names() -> list[str]:
    """The names that stand for those of all languages, January first."""
    from dedup.text.lang import LANGUAGES

    return [forms.split()[0] for forms in LANGUAGES[0].months]


@lru_cache(maxsize=1)
def standing_words() -> tuple[str, ...]:
    """The words that replace others, so that words of other spellings can have their hash."""
    from dedup.text.lang import tables

    years = [str(year) for year in range(10_000)]  # days are among them
    return tuple(dict.fromkeys((*_month_names(), *tables().units.values(), *years)))


def in_one_writing(words: Words, texts: CodepointBatch) -> Words:
    """The words of texts with numbers, units and dates in one spelling.

    `texts` are those that were cut into `words`. A date in digits, as 03.05, 03.05.2025 or
    2025-05-03, becomes the words of its day, its month and its year, which all have its place.
    """
    numbers = np.flatnonzero(words.flags & NUMBER)
    if not len(numbers):
        return words
    ungrouped = _ungrouped(words, texts, numbers)
    if ungrouped is not words:
        words, numbers = ungrouped, np.flatnonzero(ungrouped.flags & NUMBER)
    hashes = words.hashes.copy()
    spelling_kernels.respell(hashes, words.starts, numbers, _days(), _units(), _months())
    words = words._replace(hashes=hashes)
    return _with_dates(words, texts, numbers)


#: Digits of a group of thousands, and groups that a number may have behind its first.
_GROUP, _GROUPS = 3, 4


def _ungrouped(words: Words, texts: CodepointBatch, numbers: Int64Array) -> Words:
    """The words with numbers in groups of thousands as one number: 1 250 000 and 1.250.000."""
    codes, begin, end = texts.codes, words.begin[numbers], words.end[numbers]
    sizes = end - begin
    rows = np.flatnonzero(sizes[1:] == _GROUP) + 1
    rows = rows[(numbers[rows] == numbers[rows - 1] + 1) & (sizes[rows - 1] <= _GROUP)]
    rows = rows[(begin[rows] == end[rows - 1] + 1) & (codes[end[rows - 1]] == 0x20)]
    rows = rows[_in_digits(codes, begin, sizes, rows)]
    rows = rows[_in_digits(codes, begin, sizes, rows - 1)]
    follows = np.zeros(len(numbers), np.bool_)
    follows[rows] = True
    opens = rows[~follows[rows - 1]] - 1
    opens = opens[codes[begin[opens]] != ord("0")]
    pointed = _pointed(codes, begin, end)
    if not len(opens) and not len(pointed):
        return words
    # Behind the first of a group stand the others, up to the next number that follows none.
    rest = np.append(np.flatnonzero(~follows), len(numbers))
    last = rest[np.searchsorted(rest, opens, "right")] - 1
    hashes, ends = words.hashes.copy(), words.end.copy()
    first = np.concatenate((opens, pointed))
    final = np.concatenate((last, pointed))
    plain = [
        "".join(map(chr, codes[a:b])).replace(" ", "").replace(".", "")
        for a, b in zip(begin[first].tolist(), end[final].tolist(), strict=True)
    ]
    hashes[numbers[first]] = hash_words(plain)
    ends[numbers[first]] = end[final]
    kept = np.ones(len(hashes), np.bool_)
    kept[numbers[expand_ranges(opens + 1, last - opens)]] = False
    starts = offsets(kept)[words.starts]
    return Words(words.begin[kept], ends[kept], starts, hashes[kept], words.flags[kept])


def _in_digits(
    codes: Uint32Array, begin: Int64Array, sizes: Int64Array, rows: Int64Array
) -> BoolArray:
    """bool [rows]: is each of these words, of _GROUP characters at most, all digits?"""
    cells = codes.take(begin[rows][:, None] + np.arange(_GROUP), mode="clip")
    inside = np.arange(_GROUP) < sizes[rows][:, None]
    return np.asarray((((cells >= 48) & (cells <= 57)) | ~inside).all(axis=1), np.bool_)


def _pointed(codes: Uint32Array, begin: Int64Array, end: Int64Array) -> Int64Array:
    """Which words are numbers with a point between groups of thousands; 0.125 is none."""
    parts = [np.zeros(0, np.int64)]
    sizes = end - begin
    long = np.flatnonzero((sizes > _GROUP + 1) & (sizes < _GROUPS * (_GROUP + 1)))
    for size in np.unique(sizes[long]).tolist():
        rows = long[sizes[long] == size]
        place = np.arange(size)
        points = (size - place) % (_GROUP + 1) == 0
        if points[0]:
            continue
        cells = codes[begin[rows][:, None] + place]
        fits = (cells[:, points] == ord(".")).all(axis=1)
        fits &= ((cells[:, ~points] >= 48) & (cells[:, ~points] <= 57)).all(axis=1)
        parts.append(rows[fits & (cells[:, 0] != ord("0"))])
    return np.sort(np.concatenate(parts))


def _with_dates(words: Words, texts: CodepointBatch, numbers: Int64Array) -> Words:
    codes, begin = texts.codes, words.begin[numbers]
    sizes = words.end[numbers] - begin
    rows = np.flatnonzero((sizes == 5) | (sizes == 10))
    # Only such words have the marks of a date.
    marks = (codes[begin[rows] + 2] == ord(".")) | (codes[begin[rows] + 4] == ord("-"))
    long = numbers[rows[marks]]
    if not len(long):
        return words
    day, month, year = _parsed(texts.codes, words.begin[long], words.end[long])
    dates = (day > 0) & (day < 32) & (month > 0) & (month < 13)
    places, day, month, year = long[dates], day[dates], month[dates], year[dates]
    if not len(places):
        return words
    parts = np.ones(len(words.hashes), np.int64)
    parts[places] = np.where(year > 0, 3, 2)
    at = offsets(parts)
    first = at[places]
    row = np.repeat(np.arange(len(parts)), parts)
    hashes, flags = words.hashes[row], words.flags[row]
    day_words, month_words = _dates()
    hashes[first] = day_words[day]
    hashes[first + 1], flags[first + 1] = month_words[month], 0
    dated = np.flatnonzero(year > 0)
    years, which = np.unique(year[dated], return_inverse=True)
    hashes[first[dated] + 2] = hash_words([str(one) for one in years.tolist()])[which]
    flags[first[dated] + 2] = NUMBER
    return Words(words.begin[row], words.end[row], at[words.starts], hashes, flags)


#: Where the digits of day, month and year stand in dates of ten characters and of five.
_FORMS = (
    (10, (0, 2), (3, 5), (6, 10), (2, 5), "."),
    (10, (8, 10), (5, 7), (0, 4), (4, 7), "-"),
    (5, (0, 2), (3, 5), None, (2,), "."),
)


def _parsed(
    codes: Uint32Array, begin: Int64Array, end: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Day, month and year of words, int64 each; 0 where a word is no date or has no year.

    Of a date without a year the day must begin with a nought: 12.05 may be any number.
    """
    day, month, year = (np.zeros(len(begin), np.int64) for _ in range(3))
    for size, days, months, years, marks, mark in _FORMS:
        rows = np.flatnonzero(end - begin == size)
        cells = codes[begin[rows][:, None] + np.arange(size)]
        fits = (cells[:, list(marks)] == ord(mark)).all(axis=1)
        digits = [place for place in range(size) if place not in marks]
        fits &= ((cells[:, digits] >= 48) & (cells[:, digits] <= 57)).all(axis=1)
        if years is None:
            fits &= cells[:, 0] == ord("0")
        rows, cells = rows[fits], cells[fits].astype(np.int64) - 48
        day[rows], month[rows] = _value(cells, days), _value(cells, months)
        if years is not None:
            year[rows] = _value(cells, years)
    return day, month, year


def _value(cells: Int64Array, places: tuple[int, int]) -> Int64Array:
    out = np.zeros(len(cells), np.int64)
    for place in range(*places):
        out = out * 10 + cells[:, place]
    return out
