"""What is set aside before comparing: it makes wording differ, and not the story.

Columns in, columns out: the rules of `boilerplate_rules` are asked of the lines that hold a mark
of theirs. Nothing is lost: what is set aside does not count in a comparison, that is all, and
`removed_boilerplate` tells what it was.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import first_characters, text_bytes
from dedup.columns.ragged import offsets
from dedup.columns.types import Int64Array, Uint8Array, Uint32Array
from dedup.text.boilerplate_marks import (
    FORMED,
    INNER_LINE,
    OPENING_LINE,
    TITLE_LINE,
    boilerplate_marks,
    mark_kinds,
)
from dedup.text.markup import plain
from dedup.text.prefilter import MarkedLines, marked_lines

#: Letters of a title that its body must begin with before the two are looked at closely.
_PREFIX = 6
_EDGES = " \t\n\u00a0\"'«»“”„.,:;!?…-–—([*_"
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W_]")
#: One of ASCII, or the first half of the Cyrillic ones, as UTF-8: nearly all texts have one.
_USUAL_LETTER = re.compile(rb"[0-9A-Za-z]|\xd0[\x80-\xbf]")
#: Bytes at a body's beginning that may be blank lines.
_BLANK = 64


def strip_boilerplate(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """The texts as compared: title, newline, body, less what is set aside.

    `texts` and `titles`: string arrays of one length without nulls; returns a string array of
    that length. The title is left out where the body begins with it. A text of which no letter
    or digit would be left is compared as it is.
    """
    whole, bodies = _joined(texts, titles)
    starts, data = text_bytes(whole)
    marked = marked_lines(data, starts, boilerplate_marks())
    formed = np.zeros(len(whole), np.bool_)
    formed[marked.text[(marked.kinds & FORMED) > 0]] = True
    if not formed.any():
        return _stripped(starts, data, marked, bodies)
    # Texts that `markup` may change are stripped again as it leaves them; they are few.
    rest = marked.rows(~formed[marked.text])
    mask = pa.array(formed)
    sides = (
        pa.array(map(plain, side.filter(mask).to_pylist()), pa.string()) for side in (texts, titles)
    )
    whole, bodies_again = _joined(*sides)
    starts_again, data_again = text_bytes(whole)
    marked = marked_lines(data_again, starts_again, boilerplate_marks())
    again = _stripped(starts_again, data_again, marked, bodies_again)
    return pc.replace_with_mask(_stripped(starts, data, rest, bodies), mask, again)


def _stripped(
    starts: Int64Array, data: Uint8Array, marked: MarkedLines, bodies: Int64Array
) -> pa.Array:
    """The texts `data[starts[i]:starts[i + 1]]` less what is set aside; `bodies` int64 [texts]: the
    bytes of each that stand before its body."""
    begin, end = marked.begin.tolist(), marked.end.tolist()
    view = data.data
    lines = [str(view[a:b], "utf-8") for a, b in zip(begin, end, strict=True)]
    left = _less(lines, marked.kinds, _roles(starts, data, marked, bodies))
    changed = [row for row, line in enumerate(lines) if left[row] != line]
    text_starts = starts.tolist()
    pieces: list[Any] = []
    done, grown = 0, np.zeros(len(starts) - 1, np.int64)
    for text, rows in groupby(changed, marked.text.tolist().__getitem__):
        first, last = text_starts[text : text + 2]
        place = first
        parts: list[Any] = []
        for row in rows:
            parts += [view[place : begin[row]], left[row].encode()]
            place = end[row]
        less = b"".join([*parts, view[place:last]])
        if _says(less):
            pieces += [view[done:first], less]
            done = last
            grown[text] = len(less) - (last - first)
    ends = (starts + offsets(grown)).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(starts) - 1, pa.py_buffer(ends), pa.py_buffer(b"".join([*pieces, view[done:]]))
    )


def _less(lines: list[str], kinds: Uint32Array, roles: Uint8Array) -> list[str]:
    if not lines:
        return []
    from dedup.text.boilerplate_lines import less_boilerplate_once

    return less_boilerplate_once(lines, kinds, roles)


def _roles(
    starts: Int64Array, data: Uint8Array, marked: MarkedLines, bodies: Int64Array
) -> Uint8Array:
    """uint8 [lines]: is the marked line a title, or the first of its body that is not blank?"""
    body = (starts[:-1] + bodies)[marked.text]
    roles = np.full(len(body), INNER_LINE, np.uint8)
    roles[marked.begin < body] = TITLE_LINE
    roles[marked.begin == body] = OPENING_LINE
    near = np.flatnonzero((marked.begin > body) & (marked.begin < body + _BLANK))
    for row in near.tolist():
        if not data[body[row] : marked.begin[row]].tobytes().strip():
            roles[row] = OPENING_LINE
    return roles


def _says(text: bytes) -> bool:
    """Is there a letter or digit?"""
    return bool(_USUAL_LETTER.search(text) or _LETTER.search(text.decode()))


def removed_boilerplate(text: str, title: str) -> list[tuple[str, str]]:
    """What `strip_boilerplate` takes from one text: rule and removed words, stage by stage.

    Empty where nothing is taken, or all would be (then the text is compared as it is).
    """
    from dedup.text.boilerplate_lines import less_boilerplate

    taken: list[tuple[str, str]] = []
    text, title = plain(text), plain(title)
    lines = text.split("\n")
    opening = next((row for row, line in enumerate(lines) if line.strip()), 0)
    roles = np.full(len(lines), INNER_LINE, np.uint8)
    roles[opening] = OPENING_LINE
    if title and begins_with_title(text, title):
        taken.append(("title repeated", title))
    elif title:
        lines, roles = [title, *lines], np.concatenate(([np.uint8(TITLE_LINE)], roles))
    left = less_boilerplate(lines, mark_kinds(lines), roles, taken)
    return taken if any(map(_LETTER.search, left)) else []


def _joined(texts: pa.Array, titles: pa.Array) -> tuple[pa.Array, Int64Array]:
    """Title, newline, body; the title left out where it is empty or the body begins with it. And
    the bytes before each body, int64 [texts]."""
    start, name = (
        pc.utf8_lower(pc.utf8_slice_codeunits(pc.utf8_ltrim(side, _EDGES), 0, _PREFIX))
        for side in (first_characters(texts, 4 * _PREFIX), titles)
    )
    alike = pc.indices_nonzero(pc.and_(pc.equal(start, name), pc.not_equal(titles, ""))).to_numpy()
    repeated = np.zeros(len(texts), np.bool_)
    bodies, names = texts.take(alike).to_pylist(), titles.take(alike).to_pylist()
    for row, body, title in zip(alike.tolist(), bodies, names, strict=True):
        repeated[row] = begins_with_title(body, title)
    alone = pc.or_(pa.array(repeated), pc.equal(titles, ""))
    heads = pc.if_else(alone, "", pc.binary_join_element_wise(titles, "", "\n"))
    sizes = pc.binary_length(heads).to_numpy(zero_copy_only=False).astype(np.int64)
    return pc.binary_join_element_wise(heads, texts, ""), sizes


def begins_with_title(body: str, title: str) -> bool:
    """Does the body begin with the title's words?"""
    words = _WORD.findall(title.lower())
    head = _WORD.findall(body[: 2 * len(title) + 50].lower())
    return bool(words) and head[: len(words)] == words
