# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Finding marks in a batch of texts, decoding, normalising and cutting it, each in one pass.

The same answers as the array operations in `kernels`, which do it where this module is not built;
`tokens`, `normalise` and `prefilter` say what is done and why. Arguments are
contiguous arrays; the caller provides those that are written to. No function holds the
interpreter while it works.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

cdef enum:
    # As in `codepoints`.
    SPACE, RU, LAT, INT, PUNCT, OTHER, ALONE, MARKED

cdef enum:
    # As in `tokens`.
    KIND = 7
    ALNUM = 8
    UPPER = 16
    STOP = 32
    DASH = 64

cdef enum:
    # As in `tokens`.
    NUMBER = 1
    CAPITAL = 2
    LINE = 4
    SENTENCE = 8
    OPENING = 32
    CLOSED = 64
    PART = 128

cdef enum:
    # As in `roots`.
    VOWEL = 1
    CLOSING = 2
    PLURAL = 4
    WHOLE = 8
    SHORT = 3
    MOST_DIGITS = 15
    VALUE = 0x80000000

cdef enum:
    # Powers of the polynomial hash that are at hand; of longer words each is made anew.
    POWERS = 64

cdef enum:
    # As in `kernels`.
    KEEP, DROP, REPLACE, REWRITE, APOSTROPHE, POINT
    ACTION = 7
    CYRILLIC = 8
    DIGIT = 64
    LETTERS = 120
    # By what stands on both sides of a place, whether two alphabets meet there.
    SEAMS = 0x68

cdef enum:
    # As in `kernels`.
    SPELLING_BITS = 12
    BITS = 17
    TWO = 0x20000
    ONE = 0x30000


def decode(
    const uint8_t[::1] utf8,
    const int64_t[::1] offsets,
    const uint8_t[::1] actions,
    const uint32_t[::1] becomes,
    uint32_t[::1] characters,
    int64_t[::1] starts,
    int64_t[::1] seams,
    uint8_t[::1] rewritten,
):
    """Code points of valid UTF-8, normalised but for what looks at more than one of them.

    `offsets` [texts + 1]: where each text stands in `utf8`; `actions` by code point: its action
    and what it is, and `becomes`: what is written for it (`kernels`). Writes `characters` and `starts`
    (as `codepoints.CodepointBatch`); `seams`: places in `characters` where letters of two alphabets
    stand side by side; `rewritten` [texts]: does the text hold a character that asks for a
    REWRITE? Returns how many seams.
    """
    cdef Py_ssize_t text, at, end, texts = offsets.shape[0] - 1
    cdef int64_t out = 0, seam = 0
    cdef Py_ssize_t last = utf8.shape[0] - 1
    cdef uint32_t code, two, waiting
    cdef uint8_t byte, ask, action, before, letters, expected, rewrite
    if last < 0:
        starts[:] = 0
        rewritten[:] = 0
        return 0
    cdef const uint8_t* data = &utf8[0]
    cdef const uint8_t* asked = &actions[0]
    cdef uint32_t* codes = &characters[0]
    with nogil:
        at = offsets[0]
        for text in range(texts):
            starts[text] = out
            end = offsets[text + 1]
            before = 0
            rewrite = 0
            waiting = 0
            expected = 0
            while at < end:
                byte = data[at]
                if byte < 0xE0 and at < last:
                    # One byte or two: told apart without a branch, which would be guessed
                    # wrong at every second word.
                    two = -<uint32_t>(byte >> 7)
                    code = (byte & ~two) | (((byte & 0x1F) << 6 | (data[at + 1] & 0x3F)) & two)
                    at += 1 + (byte >> 7)
                elif byte < 0x80:
                    code = byte
                    at += 1
                elif byte < 0xF0:
                    code = (
                        <uint32_t>(byte & 0x0F) << 12
                        | <uint32_t>(data[at + 1] & 0x3F) << 6
                        | (data[at + 2] & 0x3F)
                    )
                    at += 3
                else:
                    code = (
                        <uint32_t>(byte & 0x07) << 18
                        | <uint32_t>(data[at + 1] & 0x3F) << 12
                        | <uint32_t>(data[at + 2] & 0x3F) << 6
                        | (data[at + 3] & 0x3F)
                    )
                    at += 4
                ask = asked[code]
                action = ask & ACTION
                letters = ask & LETTERS
                if action == DROP:
                    continue
                if waiting:
                    # The apostrophe or mark before it waits for what stands behind it.
                    if letters != expected:
                        codes[out] = waiting
                        out += 1
                    elif letters == DIGIT:
                        codes[out] = 46
                        out += 1
                    else:
                        before = letters
                    waiting = 0
                if action:
                    code = becomes[code]
                    rewrite |= action == REWRITE
                    if action >= APOSTROPHE:
                        expected = CYRILLIC if action == APOSTROPHE else DIGIT
                        if before == expected:
                            waiting = code
                            before = 0
                            continue
                if (SEAMS >> ((letters | before) >> 3 & 7)) & 1:
                    seams[seam] = out
                    seam += 1
                before = letters
                codes[out] = code
                out += 1
            if waiting:
                codes[out] = waiting
                out += 1
            rewritten[text] = rewrite
        starts[texts] = out
    return seam


cdef inline bint _quote(uint32_t code) noexcept nogil:
    """Is it one of `tokens.QUOTES`?"""
    if code < 0xAB:
        return code == 0x22 or code == 0x27
    return (
        code == 0xAB
        or code == 0xBB
        or (0x2018 <= code and code <= 0x201F)
        or code == 0x2039
        or code == 0x203A
        or (0x300C <= code and code <= 0x300F)
    )


cdef inline bint _comma(uint32_t code) noexcept nogil:
    """Is it one of `tokens.COMMAS`?"""
    if code < 0x80:
        return code == 0x2C or code == 0x3B
    return code == 0x060C or code == 0x3001 or code == 0xFF0C or code == 0xFF1B


cdef inline uint8_t _opens(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t first,
    Py_ssize_t high,
    uint8_t flag,
) noexcept nogil:
    """OPENING where speech begins with the word from `first` on (see `tokens.mark_parts`)."""
    cdef uint8_t before = table[codes[first - 1]]
    cdef bint more = first - 2 >= low
    cdef bint opens = _quote(codes[first - 1]) and not (more and table[codes[first - 2]] & ALNUM)
    if not opens and flag & SENTENCE:
        opens = before & DASH or (before & KIND == SPACE and more and table[codes[first - 2]] & DASH)
    if not opens:
        return 0
    while first < high and not table[codes[first]] & STOP:
        first += 1
    return 0 if first < high and codes[first] == 63 else OPENING


cdef inline uint8_t _closes(
    const uint32_t* codes, const uint8_t* table, Py_ssize_t high, Py_ssize_t end
) noexcept nogil:
    """CLOSED where speech ends with the word before `end`."""
    cdef bint more = end + 1 < high
    if _quote(codes[end]):
        return 0 if more and table[codes[end + 1]] & ALNUM else CLOSED
    if more and _quote(codes[end + 1]) and (table[codes[end]] & STOP or codes[end] == 44):
        return CLOSED
    return 0


def cut(
    const uint32_t[::1] characters,
    const int64_t[::1] starts,
    const uint8_t[::1] traits,
    const uint32_t[::1] folded,
    const uint8_t[::1] shapes,
    uint64_t base,
    uint64_t mix,
    int64_t[::1] begin,
    int64_t[::1] end,
    int64_t[::1] firsts,
    uint64_t[::1] hashes,
    uint8_t[::1] flags,
):
    """Words of texts.

    Letters of a script without spaces are words of their own, each hashed with the next one of its
    line (see `kernels.cut`). `traits`, `folded` and `shapes` by code point: traits (`tokens`), folded
    letters (`codepoints`), parts in endings (`roots`); `base` and `mix`: of the polynomial hash.
    Writes what `words.Words` holds, `firsts` as its `starts`.
    Returns how many words there are.
    """
    cdef Py_ssize_t text, i, j, low, high, texts = starts.shape[0] - 1
    cdef Py_ssize_t first, before = -1, word = 0
    cdef uint8_t trait, kind, flag, heads, worded
    cdef uint64_t value, power
    cdef uint64_t powers[POWERS]
    cdef bint alone = False, parted = False, chained
    if not characters.shape[0]:
        firsts[:] = 0
        return 0
    cdef const uint32_t* codes = &characters[0]
    cdef const uint8_t* table = &traits[0]
    cdef const uint32_t* fold = &folded[0]
    cdef const uint8_t* shape = &shapes[0]
    powers[0] = 1
    for j in range(1, POWERS):
        powers[j] = powers[j - 1] * base
    with nogil:
        for text in range(texts):
            firsts[text] = word
            low = starts[text]
            high = starts[text + 1]
            heads = LINE | SENTENCE
            parted = False
            i = low
            while i < high:
                trait = table[codes[i]]
                kind = trait & KIND
                if codes[i] == 10:
                    heads = LINE | SENTENCE
                if not _solid(codes, table, low, high, i, trait):
                    i += 1
                    continue
                # A token from i on.
                first = i
                value = 0
                power = 1
                flag = 0
                worded = 0
                while True:
                    if kind == INT:
                        flag |= NUMBER
                    power = powers[i - first] if i - first < POWERS else power * base
                    value += power * fold[codes[i]]
                    worded |= trait
                    i += 1
                    if RU <= kind and kind <= INT:
                        # Within a run of one kind, nothing else is to be asked.
                        while i < high and table[codes[i]] & KIND == kind:
                            power = powers[i - first] if i - first < POWERS else power * base
                            value += power * fold[codes[i]]
                            worded |= table[codes[i]]
                            i += 1
                    if i >= high:
                        break
                    if codes[i] == 33 and _shouted(codes, table, low, i):
                        # Yahoo! and the marks behind it, which all end a sentence.
                        while i < high and table[codes[i]] & STOP:
                            power = powers[i - first] if i - first < POWERS else power * base
                            value += power * fold[codes[i]]
                            i += 1
                        break
                    if not _glued(codes, table, low, high, i):
                        break
                    trait = table[codes[i]]
                    kind = trait & KIND
                if not worded & ALNUM:
                    continue
                if table[codes[first]] & UPPER:
                    flag |= CAPITAL
                chained = alone and not heads & LINE
                alone = table[codes[first]] & KIND == ALONE and not _sign(codes[first])
                if heads:
                    flag |= heads
                elif first - before > 1:
                    for j in range(before, min(before + 3, first)):
                        if table[codes[j]] & STOP:
                            flag |= SENTENCE
                            break
                heads = 0
                if first > low and not table[codes[first - 1]] & ALNUM:
                    flag |= _opens(codes, table, low, first, high, flag)
                if parted:
                    flag |= PART
                parted = False
                if i < high and table[codes[i]] & KIND != SPACE:
                    flag |= _closes(codes, table, high, i)
                    parted = _comma(codes[i]) or (
                        i + 1 < high and not table[codes[i]] & ALNUM and _comma(codes[i + 1])
                    )
                begin[word] = first
                end[word] = i
                hashes[word] = _mixed(value, mix) >> 32 | <uint64_t>_root(
                    codes, fold, shape, first, i, flag & NUMBER, value, powers, mix
                ) << 32
                if chained and alone:
                    value = (hashes[word - 1] * base + hashes[word]) * mix
                    hashes[word - 1] = ((value >> 34) << 1 | <uint64_t>1) << 32 | (value & <uint64_t>0xFFFFFFFF)
                    end[word - 1] = i
                flags[word] = flag
                before = i
                word += 1
        firsts[texts] = word
    return word


cdef inline uint64_t _mixed(uint64_t value, uint64_t mix) noexcept nogil:
    value ^= value >> 32
    value *= mix
    return value ^ (value >> 32)


cdef inline Py_ssize_t _less_vowels(
    const uint32_t* codes,
    const uint32_t* fold,
    const uint8_t* shape,
    Py_ssize_t least,
    Py_ssize_t end,
) noexcept nogil:
    while end > least and shape[fold[codes[end - 1]]] & VOWEL:
        end -= 1
    return end


cdef uint32_t _root(
    const uint32_t* codes,
    const uint32_t* fold,
    const uint8_t* shape,
    Py_ssize_t begin,
    Py_ssize_t end,
    bint number,
    uint64_t value,
    const uint64_t* powers,
    uint64_t mix,
) noexcept nogil:
    """The root of a word, as in `roots`; `value`: the polynomial of the whole word."""
    cdef double figure
    cdef float small
    cdef uint32_t bits
    cdef uint64_t power
    cdef Py_ssize_t i, cut = 0, least = min(begin + SHORT, end), out
    cdef uint32_t last, before
    cdef uint8_t part
    cdef bint content = number or end - begin > SHORT or shape[fold[codes[begin]]] & WHOLE
    if number:
        figure = _figure(codes, begin, end)
        if figure >= 0:
            small = <float>figure
            memcpy(&bits, &small, 4)
            return bits | VALUE
    out = _less_vowels(codes, fold, shape, least, end)
    if out > least + 1:
        last = fold[codes[out - 1]]
        before = fold[codes[out - 2]]
        part = shape[last]
        if part & CLOSING and shape[before] & VOWEL:
            cut = 1
        if part & PLURAL and before != 115 and out == end:
            cut = 1
        if last == 104 and before == 99:
            cut = 2
        if last == 103 and before == 110 and fold[codes[out - 3]] == 105:
            cut = 3
        if cut:
            out = _less_vowels(codes, fold, shape, least, max(out - cut, least))
    # A root is its word less a few letters at the end.
    power = powers[min(out - begin, POWERS - 1)]
    for i in range(POWERS - 1, out - begin):
        power *= powers[1]
    for i in range(out, end):
        value -= power * fold[codes[i]]
        power *= powers[1]
    return <uint32_t>(_mixed(value, mix) >> 34) << 1 | content


cdef double _figure(const uint32_t* codes, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """The value of a number in digits, -1 for any other word: `roots.value_of`."""
    cdef uint64_t whole = 0, over, under
    cdef int digits = 0, groups = 0, size = 0, last = 0, i
    cdef bint led = False, triples = True, inner = True
    cdef uint32_t mark = 0
    cdef bint mixed = False, commas = True
    cdef double value
    while True:
        size = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            whole = whole * 10 + codes[at] - 48
            at += 1
            size += 1
            digits += 1
            if digits > MOST_DIGITS:
                return -1
        if not size:
            return -1
        groups += 1
        if groups == 1:
            led = size <= 3 and whole > 0
        else:
            # Of the groups before this one, all but the first must have three digits.
            inner = inner and (groups == 2 or last == 3)
            triples = triples and size == 3
        last = size
        if at + 1 < end and (codes[at] == 44 or codes[at] == 46):
            if 48 <= codes[at + 1] and codes[at + 1] <= 57:
                if mark:
                    commas = commas and mark == 44
                    mixed = mixed or codes[at] != mark
                mark = codes[at]
                at += 1
                continue
        break
    if groups == 1 or (led and triples and not mixed):
        value = <double>whole
    elif groups > 2 and not (led and inner and commas and mark == 46):
        return -1
    else:
        value = 1
        for i in range(last):
            value *= 10
        value = <double>whole / value
    if at < end and codes[at] == 47:
        # 3/4
        if groups > 1:
            return -1
        under = 0
        at += 1
        size = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            under = under * 10 + codes[at] - 48
            at += 1
            size += 1
            if digits + size > MOST_DIGITS:
                return -1
        if not size or not under:
            return -1
        value = <double>whole / <double>under
    elif at + 1 < end and codes[at] == 45 and 48 <= codes[at + 1] and codes[at + 1] <= 57:
        # 16-1/4
        over = under = 0
        size = 0
        at += 1
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            over = over * 10 + codes[at] - 48
            at += 1
            size += 1
            if size > MOST_DIGITS:
                return -1
        if at >= end or codes[at] != 47:
            return -1
        at += 1
        i = 0
        while at < end and 48 <= codes[at] and codes[at] <= 57:
            under = under * 10 + codes[at] - 48
            at += 1
            i += 1
            if size + i > MOST_DIGITS:
                return -1
        if not i or not under:
            return -1
        value += <double>over / <double>under
    if at == end:
        return value
    # 12-летний
    if codes[at] != 45 or at + 1 == end:
        return -1
    for i in range(at + 1, end):
        if 48 <= codes[i] and codes[i] <= 57:
            return -1
    return value


cdef inline bint _sign(uint32_t code) noexcept nogil:
    """Is it a sign that is a word, as %, and not a letter?"""
    return code < 0xE00 or (0x2000 <= code and code < 0x2E80)


cdef inline bint _fits(uint8_t kind, bint dash) noexcept nogil:
    return kind == INT or kind == SPACE or (dash and kind != PUNCT and kind < ALONE)


cdef inline bint _links(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t mark,
) noexcept nogil:
    """Does this dash or point join what stands beside it? White space may part the two on one
    side only."""
    cdef bint dash = table[codes[mark]] & DASH
    cdef Py_ssize_t before = mark - 1, after = mark + 1
    if before < low or after >= high:
        return False
    cdef uint8_t left = table[codes[before]] & KIND, right = table[codes[after]] & KIND
    if left + right == SPACE or not (_fits(left, dash) and _fits(right, dash)):
        return False
    while left == SPACE:
        before -= 1
        if before < low:
            return False
        left = table[codes[before]] & KIND
    while right == SPACE:
        after += 1
        if after >= high:
            return False
        right = table[codes[after]] & KIND
    return _fits(left, dash) and _fits(right, dash)


cdef inline bint _solid(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t i,
    uint8_t trait,
) noexcept nogil:
    """May the character be part of a word?"""
    cdef uint8_t kind = trait & KIND
    if kind == SPACE:
        return False
    if kind != PUNCT:
        return True
    return trait >= DASH and _links(codes, table, low, high, i)


cdef inline bint _glued(
    const uint32_t* codes,
    const uint8_t* table,
    Py_ssize_t low,
    Py_ssize_t high,
    Py_ssize_t i,
) noexcept nogil:
    """Is the character of one token with the one before it, which is part of one?"""
    cdef uint8_t trait = table[codes[i]], last = table[codes[i - 1]]
    cdef uint8_t kind = trait & KIND, left = last & KIND
    if kind == PUNCT or kind == SPACE:
        return trait >= DASH and kind == PUNCT and _links(codes, table, low, high, i)
    if kind >= ALONE or left >= ALONE:  # only a vowel sign or tone mark stands with its letter
        return kind == MARKED
    if left == PUNCT:  # it is part of a token, so it links
        return True
    if kind == left:
        return True
    if kind == OTHER:
        return left == RU or left == LAT
    return left == OTHER and (kind == RU or kind == LAT)


cdef inline bint _shouted(
    const uint32_t* codes, const uint8_t* table, Py_ssize_t low, Py_ssize_t i
) noexcept nogil:
    """Does `yahoo` stand before this mark, behind no other Latin letter?"""
    return (
        i - low >= 5
        and codes[i - 1] | 32 == 111
        and codes[i - 2] | 32 == 111
        and codes[i - 3] | 32 == 104
        and codes[i - 4] | 32 == 97
        and codes[i - 5] | 32 == 121
        and (i - low == 5 or table[codes[i - 6]] & KIND != LAT)
    )


def mark(
    const uint8_t[::1] utf8,
    const int64_t[::1] starts,
    uint64_t mix,
    const uint64_t[::1] eights,
    const uint8_t[::1] twos,
    const uint16_t[::1] firsts,
    const uint8_t[::1] marks,
    const int64_t[::1] borders,
    const uint32_t[::1] kinds,
    int64_t[::1] texts,
    int64_t[::1] begins,
    int64_t[::1] ends,
    uint32_t[::1] kinds_of_line,
):
    """Lines that hold marks, into the last four arrays; returns how many.

    `eights` (bits), `twos`, `firsts` by slot, `marks`, `borders`, `kinds`: the tables of `kernels.MarkTables`.
    """
    cdef Py_ssize_t text, i, stop, low, high, n = utf8.shape[0], lines = 0
    cdef uint64_t eight
    cdef uint32_t here
    if not n:
        return 0
    cdef const uint8_t* data = &utf8[0]
    with nogil:
        for text in range(starts.shape[0] - 1):
            stop = starts[text + 1]
            high = starts[text]  # the end of the last line with a mark
            i = starts[text] - 1
            while True:
                i = _candidate(data, i + 1, min(stop, n - 7), mix, &eights[0], &twos[0])
                if i >= stop:
                    break
                eight = 0
                memcpy(&eight, data + i, min(8, n - i))
                here = (
                    _at(data, i, stop, (eight * mix) >> (64 - BITS), &firsts[0], &marks[0], &borders[0], &kinds[0])
                    | _at(data, i, stop, TWO + (eight & 0xFFFF), &firsts[0], &marks[0], &borders[0], &kinds[0])
                    | _at(data, i, stop, ONE + data[i], &firsts[0], &marks[0], &borders[0], &kinds[0])
                )
                if not here:
                    continue
                if lines and i < high:
                    kinds_of_line[lines - 1] |= here
                    continue
                low = i
                while low > starts[text] and data[low - 1] != 10:
                    low -= 1
                high = i
                while high < stop and data[high] != 10:
                    high += 1
                texts[lines] = text
                begins[lines] = low
                ends[lines] = high
                kinds_of_line[lines] = here
                lines += 1
    return lines


cdef Py_ssize_t _candidate(
    const uint8_t* data,
    Py_ssize_t i,
    Py_ssize_t stop,
    uint64_t mix,
    const uint64_t* eights,
    const uint8_t* twos,
) noexcept nogil:
    """The first place from `i` on where a mark may begin, `stop` or beyond if there is none."""
    cdef uint64_t eight, slot
    while i < stop:
        memcpy(&eight, data + i, 8)
        slot = (eight * mix) >> (64 - BITS)
        # No mark begins inside a character.
        if ((eights[slot >> 6] >> (slot & 63)) & 1 | twos[eight & 0xFFFF]) and (eight & 0xC0) != 0x80:
            break
        i += 1
    return i


cdef inline uint32_t _at(
    const uint8_t* data,
    Py_ssize_t i,
    Py_ssize_t stop,
    Py_ssize_t slot,
    const uint16_t* firsts,
    const uint8_t* marks,
    const int64_t* borders,
    const uint32_t* kinds,
) noexcept nogil:
    """Kinds of the slot's marks that stand here."""
    cdef uint32_t out = 0
    cdef Py_ssize_t one, size
    for one in range(firsts[slot], firsts[slot + 1]):
        size = borders[one + 1] - borders[one]
        # Many marks of a slot begin alike; most differ in the third byte.
        if size > 2 and i + 2 < stop and data[i + 2] != marks[borders[one] + 2]:
            continue
        if i + size <= stop and not memcmp(data + i, marks + borders[one], size):
            out |= kinds[one]
    return out


cdef struct Spellings:
    # As in `kernels`.
    const uint64_t* hashes
    const uint64_t* others
    const int32_t* firsts


cdef inline bint _replace(uint64_t* word, const Spellings* listed) noexcept nogil:
    """Write a listed word anew; whether it is listed."""
    cdef Py_ssize_t slot = word[0] >> (64 - SPELLING_BITS)
    cdef Py_ssize_t one
    for one in range(listed.firsts[slot], listed.firsts[slot + 1]):
        if listed.hashes[one] == word[0]:
            word[0] = listed.others[one]
            return True
    return False


def respell(
    uint64_t[::1] hashes,
    const int64_t[::1] starts,
    const int64_t[::1] numbers,
    const uint64_t[::1] day_hashes,
    const uint64_t[::1] day_others,
    const int32_t[::1] day_firsts,
    const uint64_t[::1] unit_hashes,
    const uint64_t[::1] unit_others,
    const int32_t[::1] unit_firsts,
    const uint64_t[::1] month_hashes,
    const uint64_t[::1] month_others,
    const int32_t[::1] month_firsts,
    int64_t[::1] further,
):
    """Write days anew, and units and months beside numbers, as `kernels.respell`, in place.

    `further` [numbers]: room for the places beside units.
    """
    cdef Py_ssize_t row, text, place, more, step, n = numbers.shape[0]
    cdef Spellings days, units, months
    cdef uint64_t* words
    if not n:
        return
    words = &hashes[0]
    days = Spellings(&day_hashes[0], &day_others[0], &day_firsts[0])
    units = Spellings(&unit_hashes[0], &unit_others[0], &unit_firsts[0])
    months = Spellings(&month_hashes[0], &month_others[0], &month_firsts[0])
    with nogil:
        for row in range(n):
            _replace(words + numbers[row], &days)
        for step in range(-1, 2, 2):
            # Units beside numbers come before those beside units, and these before months: a word
            # may be several of them.
            text = 0
            more = 0
            for row in range(n):
                while starts[text + 1] <= numbers[row]:
                    text += 1
                place = numbers[row] + step
                if starts[text] <= place and place < starts[text + 1]:
                    if _replace(words + place, &units):
                        place += step
                        if starts[text] <= place and place < starts[text + 1]:
                            further[more] = place
                            more += 1
            for row in range(more):
                _replace(words + further[row], &units)
            text = 0
            for row in range(n):
                while starts[text + 1] <= numbers[row]:
                    text += 1
                place = numbers[row] + step
                if starts[text] <= place and place < starts[text + 1]:
                    _replace(words + place, &months)
