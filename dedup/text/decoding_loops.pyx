# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Decoding and normalising the characters of a batch of texts, in one pass.

The array operations in `decoding_kernels` give the same answers, and do the work where this module
is not built; `normalise` says what is done and why. Arguments are contiguous arrays; the caller
provides those that are written to. The function does not hold the interpreter while it works.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t

cdef enum:
    # As in `decoding_kernels`.
    KEEP, DROP, REPLACE, REWRITE, APOSTROPHE, POINT
    ACTION = 7
    CYRILLIC = 8
    DIGIT = 64
    LETTERS = 120
    # By what stands on both sides of a place, whether two alphabets meet there.
    SEAMS = 0x68


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
    and what it is, and `becomes`: what is written for it (`decoding_kernels`). Writes `characters`
    and `starts` (as `codepoints.CodepointBatch`); `seams`: places in `characters` where letters of two alphabets
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
