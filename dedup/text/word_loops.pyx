# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Cutting a batch of texts into words, in one pass.

The array operations in `word_kernels` give the same answers, and do the work where this module is
not built; `tokens` and `roots` say what is done and why. The rules stand beside this module: which
characters make a token (`joints.pxd`), where speech begins and ends (`speech.pxd`), what the root
of a word is (`word_roots.pxd`). Arguments are contiguous arrays; the caller provides those that are
written to. The function does not hold the interpreter while it works.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.joints cimport follows_yahoo, is_sign, joins_before, part_of_word
from dedup.text.speech cimport closes_speech, is_comma, opens_speech
from dedup.text.traits cimport (
    ALNUM,
    ALONE,
    CAPITAL,
    INT,
    KIND,
    LINE,
    NUMBER,
    PART,
    RU,
    SENTENCE,
    SPACE,
    STOP,
    UPPER,
)
from dedup.text.word_roots cimport POWERS, mixed, root_of


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
    line (see `word_kernels.cut`). `traits`, `folded` and `shapes` by code point: traits (`tokens`),
    folded letters (`codepoints`), parts in endings (`roots`); `base` and `mix`: of the polynomial hash.
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
                if not part_of_word(codes, table, low, high, i, trait):
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
                    if codes[i] == 33 and follows_yahoo(codes, table, low, i):
                        # Yahoo! and the marks behind it, which all end a sentence.
                        while i < high and table[codes[i]] & STOP:
                            power = powers[i - first] if i - first < POWERS else power * base
                            value += power * fold[codes[i]]
                            i += 1
                        break
                    if not joins_before(codes, table, low, high, i):
                        break
                    trait = table[codes[i]]
                    kind = trait & KIND
                if not worded & ALNUM:
                    continue
                if table[codes[first]] & UPPER:
                    flag |= CAPITAL
                chained = alone and not heads & LINE
                alone = table[codes[first]] & KIND == ALONE and not is_sign(codes[first])
                if heads:
                    flag |= heads
                elif first - before > 1:
                    for j in range(before, min(before + 3, first)):
                        if table[codes[j]] & STOP:
                            flag |= SENTENCE
                            break
                heads = 0
                if first > low and not table[codes[first - 1]] & ALNUM:
                    flag |= opens_speech(codes, table, low, first, high, flag)
                if parted:
                    flag |= PART
                parted = False
                if i < high and table[codes[i]] & KIND != SPACE:
                    flag |= closes_speech(codes, table, high, i)
                    parted = is_comma(codes[i]) or (
                        i + 1 < high and not table[codes[i]] & ALNUM and is_comma(codes[i + 1])
                    )
                begin[word] = first
                end[word] = i
                hashes[word] = mixed(value, mix) >> 32 | <uint64_t>root_of(
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
