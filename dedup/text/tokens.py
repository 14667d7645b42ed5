"""Where razdel's tokens that hold a letter or digit begin and end, by array operations.

razdel (natasha/razdel 0.5, `segmenters/tokenize.py`) cuts a text into atoms (a run of
Cyrillic letters, of Latin letters, of digits; any other character alone) and joins
neighbours that no white space separates by ordered rules. All its rules join and none
forbids, so their order does not matter, and each tells of a character whether it is of one
token with the one before it. Its rules for smileys and for `--` and `**` concern marks
alone and never reach a word.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np

from dedup.columns.built_tables import built_table, only_array
from dedup.columns.types import BoolArray, Int64Array, Uint8Array
from dedup.text.codepoints import (
    ALONE,
    INT,
    LAT,
    MARKED,
    OTHER,
    PUNCT,
    RU,
    SPACE,
    CodepointBatch,
    character_tables,
)

#: What a character is, in one byte: its kind (SPACE .. OTHER) in the lowest bits; a letter or
#: digit; a capital; ends a sentence; joins words (dashes, `_`); joins numbers (`.,/\`).
KIND, ALNUM, UPPER, STOP, DASH, POINT = 7, 8, 16, 32, 64, 128

#: Flags of a word: holds a digit; begins with a capital; is the first of its line; is the first of
#: its sentence, by the marks before it. Set where the item is known: the word is of its title.
NUMBER, CAPITAL, LINE, SENTENCE, TITLE = 1, 2, 4, 8, 16

#: Flags of speech: the first word behind a quotation mark, or behind the dash with which its
#: sentence begins, where that is no question (an interviewer's says nothing); the last word before
#: a quotation mark. And the first word behind a comma.
OPENING, CLOSING, PART = 32, 64, 128

#: Quotation marks. Which of them open and which close is another matter in each language, so the
#: side on which the word stands tells it.
QUOTES = "\"'«»‹›“”„‟‘’‚‛「」『』"

#: What parts the entries of a list.
COMMAS = ",;،、，；"

#: Steps over white space one by one; a longer gap is looked up.
_NEAR = 8


@built_table(only_array)
def trait_table() -> Uint8Array:
    """The traits by code point."""
    from razdel.segmenters.punct import DASHES

    table = character_tables()
    traits = table.kind.copy()
    traits[table.alnum] |= ALNUM
    traits[table.upper] |= UPPER
    for mark in ".!?…":
        traits[ord(mark)] |= STOP
    for marks, trait in ((DASHES + "_", DASH), (".,/\\", POINT)):
        for mark in marks:
            if table.kind[ord(mark)] == PUNCT:
                traits[ord(mark)] |= trait
    return traits


#: Scripts that are written without spaces between words, as ranges of code points: Thai, Lao,
#: Burmese, Khmer, kana and bopomofo, Chinese characters.
_UNSPACED = (
    *((0x0E01, 0x0E7F), (0x0E80, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007)),
    *((0x3041, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
    *((0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
)

#: Signs that stand for words beside a number.
SIGNS = "%‰$€£¥₽₴₸₹₺₩"


@built_table(only_array)
def comparison_traits() -> Uint8Array:
    """The traits by code point by which words for comparison are cut.

    They differ from razdel's in that letters of scripts without spaces stand alone, each with its
    marks, and that SIGNS are words.
    """
    traits = trait_table().copy()
    for first, last in _UNSPACED:
        script = traits[first : last + 1]
        letters = script & ALNUM > 0
        script[letters] = ALONE | ALNUM
        for place in np.flatnonzero(~letters).tolist():
            if unicodedata.category(chr(first + place)) in ("Mn", "Mc"):
                script[place] = MARKED
    for sign in SIGNS:
        traits[ord(sign)] = ALONE | ALNUM
    return traits


def token_bounds(texts: CodepointBatch, traits: Uint8Array) -> tuple[Int64Array, Int64Array]:
    """begin and end (in code points) of each token with a letter or digit, int64 [tokens]."""
    codes, starts = texts
    if not len(codes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    kind = traits & np.uint8(KIND)
    # `solid`: may be part of a word. `glued`: of one token with the character before it; one
    # more at the end, which is with none.
    solid = kind - np.uint8(RU) <= np.uint8(INT - RU)
    glued = np.zeros(len(codes) + 1, np.bool_)
    np.equal(kind[1:], kind[:-1], out=glued[1:-1])
    glued[:-1] &= solid
    odd = np.flatnonzero(kind == OTHER)
    if len(odd):
        solid[odd] = True
        _glue_odd(kind, odd, glued)
    alone = np.flatnonzero(kind >= ALONE)
    if len(alone):
        _glue_alone(kind, alone, solid, glued)
    _glue_links(kind, traits, starts, solid, glued)
    _glue_shouts(texts, kind, solid, glued)
    glued[starts] = False
    begin = np.flatnonzero(solid > glued[:-1])
    end = np.flatnonzero(solid > glued[1:]) + 1
    weak = np.flatnonzero(traits[begin] & ALNUM == 0)
    if len(weak):
        none = weak[~_worded(traits, begin[weak], end[weak])]
        begin, end = np.delete(begin, none), np.delete(end, none)
    return begin, end


def _glue_odd(kind: Uint8Array, odd: Int64Array, glued: BoolArray) -> None:
    """Δ|P, мβ|ж: characters that are no mark and of no kind, with such and with letters."""
    lettered = np.zeros(KIND + 1, np.bool_)
    lettered[[RU, LAT, OTHER]] = True
    inner = odd[odd > 0]
    glued[inner] |= lettered[kind[inner - 1]]
    inner = odd[odd < len(kind) - 1] + 1
    glued[inner] |= lettered[kind[inner]]


def _glue_alone(kind: Uint8Array, alone: Int64Array, solid: BoolArray, glued: BoolArray) -> None:
    """日|本, ก|ข: each such letter alone, and with it only the marks over and under it."""
    solid[alone] = True
    glued[alone] = kind[alone] == MARKED
    after = alone[alone < len(kind) - 1] + 1
    glued[after] = kind[after] == MARKED
    # A mark needs a letter or another mark before it.
    bare = alone[(kind[alone] == MARKED) & ~solid[np.maximum(alone - 1, 0)]]
    glued[bare] = False


def _glue_links(
    kind: Uint8Array, traits: Uint8Array, starts: Int64Array, solid: BoolArray, glued: BoolArray
) -> None:
    """cho-|to, cho|-to; 1,|5 and 1/|2 want digits on both sides. White space may part the mark
    from one of the two sides: it is looked over, and joined is the other side alone."""
    marks = np.flatnonzero(traits >= DASH)
    marks = marks[(marks > 0) & (marks < len(kind) - 1)]
    dash = traits[marks] & DASH > 0
    left, right = kind[marks - 1], kind[marks + 1]
    linking = _fits(left, dash) & _fits(right, dash) & (left + right > SPACE)
    marks, dash = marks[linking], dash[linking]
    if not len(marks):
        return
    text = np.searchsorted(starts, marks, "right")
    before, after = _beside(kind, marks, starts[text - 1], starts[text])
    inside = (before >= starts[text - 1]) & (after < starts[text])
    marks, dash, before, after = marks[inside], dash[inside], before[inside], after[inside]
    good = _fits(kind[before], dash) & _fits(kind[after], dash)
    marks, before, after = marks[good], before[good], after[good]
    solid[marks] = True
    glued[marks[before == marks - 1]] = True
    glued[after[after == marks + 1]] = True


def _fits(kind: Uint8Array, dash: BoolArray) -> BoolArray:
    """May a character of this kind, or white space before it, stand beside the mark?"""
    out: BoolArray = (kind == INT) | (kind == SPACE) | (dash & (kind != PUNCT) & (kind < ALONE))
    return out


def _beside(
    kind: Uint8Array, marks: Int64Array, low: Int64Array, high: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Places of what is before and after each mark, white space apart; beyond `low` or `high`
    if its text has nothing there."""
    before, after = marks - 1, marks + 1
    inked: Int64Array | None = None
    for place, step in ((before, -1), (after, 1)):
        open_ = np.arange(len(place))
        for _ in range(_NEAR):
            inside = (place[open_] >= low[open_]) & (place[open_] < high[open_])
            open_ = open_[inside]
            open_ = open_[kind[place[open_]] == SPACE]
            if not len(open_):
                break
            place[open_] += step
        else:
            if inked is None:
                inked = np.concatenate(([-1], np.flatnonzero(kind != SPACE), [len(kind)]))
            at = np.searchsorted(inked, marks[open_])
            place[open_] = inked[at + step]
    return before, after


def _glue_shouts(
    texts: CodepointBatch, kind: Uint8Array, solid: BoolArray, glued: BoolArray
) -> None:
    """Yahoo|! and the ending marks that follow it."""
    codes, starts = texts
    shouts = np.flatnonzero(codes == ord("!"))
    shouts = shouts[shouts >= 5]
    shouts = shouts[(codes[shouts - 1] | 32) == ord("o")]
    for mark in shouts.tolist():
        text = int(np.searchsorted(starts, mark, "right"))
        low, high = int(starts[text - 1]), int(starts[text])
        name = codes[mark - 5 : mark].tobytes().decode("utf-32-le", "surrogatepass")
        first = mark - 5
        if first < low or (first > low and kind[first - 1] == LAT) or name.lower() != "yahoo":
            continue
        solid[mark] = glued[mark] = True
        mark += 1
        while mark < high and chr(codes[mark]) in _endings():
            solid[mark] = glued[mark] = True
            mark += 1


@lru_cache(maxsize=1)
def _endings() -> str:
    from razdel.segmenters.punct import ENDINGS

    return str(ENDINGS)


def _worded(traits: Uint8Array, begin: Int64Array, end: Int64Array) -> BoolArray:
    """bool [ranges]: is there a letter or digit in it? No range is empty."""
    sizes = end - begin
    heads = np.cumsum(sizes) - sizes
    within = np.arange(int(sizes.sum())) + np.repeat(begin - heads, sizes)
    out: BoolArray = np.logical_or.reduceat(traits[within] & ALNUM > 0, heads)
    return out


def word_flags(
    texts: CodepointBatch, traits: Uint8Array, begin: Int64Array, end: Int64Array
) -> Uint8Array:
    """The flags of words, uint8 [words]; `begin` and `end` as of `token_bounds`."""
    flags = np.zeros(len(begin), np.uint8)
    if not len(begin):
        return flags
    flags[traits[begin] & UPPER > 0] = CAPITAL
    digits = np.flatnonzero(traits & KIND == INT)
    flags[np.searchsorted(begin, digits, "right") - 1] |= NUMBER
    lines = np.concatenate((texts.starts[:-1], np.flatnonzero(texts.codes == 10)))
    heads = np.searchsorted(begin, lines)
    flags[heads[heads < len(begin)]] |= LINE | SENTENCE
    # A sentence may begin after . ! ? … and white space: "end.| Next", "end».| Next", "end.»| Next"
    stops = np.flatnonzero(traits & STOP > 0)
    after = np.searchsorted(begin, stops, "right")
    between = (after > 0) & (after < len(begin))
    stops, after = stops[between], after[between]
    ended = stops - end[after - 1]
    opening = (ended >= 0) & (ended <= 2) & (begin[after] - end[after - 1] > 1)
    flags[after[opening]] |= SENTENCE
    mark_parts(texts, traits, begin, end, flags)
    return flags


def mark_parts(
    texts: CodepointBatch,
    traits: Uint8Array,
    begin: Int64Array,
    end: Int64Array,
    flags: Uint8Array,
) -> None:
    """Mark in `flags` where speech begins and ends, and what stands behind a comma.

    The other arguments are those of `word_flags`.

    "| We agree," he said · he said "we agree|." · — Мы согласны, — сказал он
    """
    codes = texts.codes
    quote = np.isin(codes, [ord(mark) for mark in QUOTES])
    inked = (traits & ALNUM) > 0
    text = np.searchsorted(texts.starts, begin, "right")
    low, high = texts.starts[text - 1], texts.starts[text]
    last = max(len(codes) - 1, 0)

    def within(place: Int64Array, values: BoolArray) -> BoolArray:
        out: BoolArray = (place >= low) & (place < high) & values[np.clip(place, 0, last)]
        return out

    dash = (traits & DASH) > 0
    opens = within(begin - 1, quote) & ~within(begin - 2, inked)
    spoken = within(begin - 1, dash)
    spoken |= within(begin - 1, traits & KIND == SPACE) & within(begin - 2, dash)
    opens |= spoken & (flags & SENTENCE > 0)
    closes = within(end, quote) & ~within(end + 1, inked)
    stop = (traits & STOP > 0) | (codes == ord(","))
    closes |= within(end, stop) & within(end + 1, quote)
    stops = np.append(np.flatnonzero(traits & STOP > 0), len(codes))
    ends = stops[np.searchsorted(stops, begin)]
    opens &= ~within(ends, codes == ord("?"))
    flags[opens] |= OPENING
    flags[closes] |= CLOSING
    comma = np.isin(codes, [ord(mark) for mark in COMMAS])
    # "«Берег», «Паром»": a mark may stand between the word and the comma.
    mark = ~inked & (traits & KIND != SPACE)
    parted = within(end, comma) | (within(end, mark) & within(end + 1, comma))
    behind = np.flatnonzero(parted[:-1] & (text[1:] == text[:-1])) + 1
    flags[behind] |= PART
