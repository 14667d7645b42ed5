"""What is set aside before comparing: it makes wording differ, and not the story.

Columns in, columns out: the rules of `boilerplate_rules` are asked of the lines that hold a mark
of theirs. Nothing is lost: what is set aside does not count in a comparison, that is all, and
`removed_boilerplate` tells what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import count, groupby
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import first_characters, text_bytes
from dedup.columns.ragged import offsets
from dedup.columns.types import Uint32Array
from dedup.text.boilerplate_rules import END, STAGES, BoilerplateRule
from dedup.text.prefilter import Prefilter

#: Letters of a title that its body must begin with before the two are looked at closely.
_PREFIX = 6
_EDGES = " \t\n\u00a0\"'«»“”„.,:;!?…-–—([*_"
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W_]")
#: Characters of a line beyond which RE2 takes a rule: some patterns may take `re` the square of it.
LONG = 1 << 14


def strip_boilerplate(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """The texts as compared: title, newline, body, less what is set aside.

    `texts` and `titles`: string arrays of one length without nulls; returns a string array of
    that length. The title is left out where the body begins with it. A text of which no letter
    or digit would be left is compared as it is.
    """
    whole = _joined(texts, titles)
    starts, data = text_bytes(whole)
    marked = _marks().lines(data, starts)
    begin, end = marked.begin.tolist(), marked.end.tolist()
    lines = [data[a:b].tobytes().decode() for a, b in zip(begin, end, strict=True)]
    left = _less(lines, marked.kinds)
    changed = [row for row, line in enumerate(lines) if left[row] != line]
    view, borders_of = data.data, starts.tolist()
    pieces: list[Any] = []
    done, grown = 0, np.zeros(len(whole), np.int64)
    for text, rows in groupby(changed, marked.text.tolist().__getitem__):
        first, last = borders_of[text : text + 2]
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
        len(whole), pa.py_buffer(ends), pa.py_buffer(b"".join([*pieces, view[done:]]))
    )


def _says(text: bytes) -> bool:
    """Is there a letter or digit? Most have one at their beginning."""
    head = text[:64].decode(errors="ignore")
    return bool(_LETTER.search(head) or _LETTER.search(text.decode()))


def removed_boilerplate(text: str, title: str) -> list[tuple[str, str]]:
    """What `strip_boilerplate` takes from one text: rule and removed words, stage by stage.

    Empty where nothing is taken, or all would be (then the text is compared as it is).
    """
    taken = []
    whole = f"{title}\n{text}" if title else text
    if title and _begins(text, title):
        taken.append(("title repeated", title))
        whole = text
    lines = whole.split("\n")
    left = _less(lines, _kinds(lines), taken)
    return taken if any(map(_LETTER.search, left)) else []


class _Applied(NamedTuple):
    """A rule of a stage, and the bit of its marks."""

    kind: int
    rule: BoilerplateRule

    @property
    def whole(self) -> re.Pattern[str]:
        """Its pattern, anywhere in a line."""
        return _compiled(self.rule.whole)

    @property
    def head(self) -> re.Pattern[str]:
        """At a line's beginning."""
        return _compiled(self.rule.pattern)

    @property
    def later(self) -> re.Pattern[str]:
        """Of a sentence's rule, further on."""
        return _compiled(END + self.rule.pattern)

    def less(self, line: str) -> str:
        """The line less what the rule sets aside."""
        if len(line) > LONG:
            # Its time is in proportion whatever the pattern; setting it up takes a while.
            column = pa.array([line])
            less: str = pc.replace_substring_regex(column, self.rule.whole, self.rule.left)[
                0
            ].as_py()
            return less
        if self.rule.sentence:
            first = self.head.match(line)
            if not first:
                return self.later.sub(" ", line)
            return " " + self.later.sub(" ", line[first.end() :])
        if self.rule.pattern[0] == "^" and not self.head.match(line):
            return line
        return self.whole.sub(self.rule.left, line)

    def taken(self, line: str) -> Iterator[str]:
        """What it sets aside of the line."""
        for match in self.whole.finditer(line):
            kept = match.groupdict().get("keep") or ""
            words = match[0].replace(kept, "", 1).strip()
            if words:
                yield words


@lru_cache(maxsize=1)
def _stages() -> list[list[_Applied]]:
    kind = count()
    return [[_Applied(1 << next(kind), rule) for rule in stage] for stage in STAGES]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=1)
def _marks() -> Prefilter:
    marks_of_rules = [rule.marks for stage in STAGES for rule in stage]
    return Prefilter(
        [[m.encode() if isinstance(m, str) else m for m in marks] for marks in marks_of_rules]
    )


def _kinds(lines: list[str]) -> Uint32Array:
    """The kinds of marks in each line, uint32 [lines]."""
    utf8 = [line.encode("utf-8", "surrogatepass") for line in lines]
    sizes = np.array([len(one) for one in utf8], np.int64)
    marked = _marks().lines(np.frombuffer(b"".join(utf8), np.uint8), offsets(sizes))
    kinds = np.zeros(len(lines), np.uint32)
    kinds[marked.text] = marked.kinds
    return kinds


def _less(
    lines: list[str], kinds: Uint32Array, taken: list[tuple[str, str]] | None = None
) -> list[str]:
    """The lines less what is set aside; `kinds` uint32 [lines]: of the marks in each. What goes
    is added to `taken`."""
    lines, kinds = lines.copy(), kinds.copy()
    for stage in _stages():
        changed = []
        for row in np.flatnonzero(kinds & np.uint32(sum(rule.kind for rule in stage))).tolist():
            line, marked = lines[row], int(kinds[row])
            for rule in stage:
                if marked & rule.kind:
                    if taken is not None:
                        taken += [(rule.rule.name, words) for words in rule.taken(line)]
                    line = rule.less(line)
            if line != lines[row]:
                lines[row] = line
                changed.append(row)
        # What was parted by what is gone may now be a mark.
        kinds[changed] = _kinds([lines[row] for row in changed])
    return lines


def _joined(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """Title, newline, body; the title left out where it is empty or the body begins with it."""
    start, name = (
        pc.utf8_lower(pc.utf8_slice_codeunits(pc.utf8_ltrim(side, _EDGES), 0, _PREFIX))
        for side in (first_characters(texts, 4 * _PREFIX), titles)
    )
    alike = pc.indices_nonzero(pc.and_(pc.equal(start, name), pc.not_equal(titles, ""))).to_numpy()
    repeated = np.zeros(len(texts), np.bool_)
    bodies, names = texts.take(alike).to_pylist(), titles.take(alike).to_pylist()
    for row, body, title in zip(alike.tolist(), bodies, names, strict=True):
        repeated[row] = _begins(body, title)
    alone = pc.or_(pa.array(repeated), pc.equal(titles, ""))
    heads = pc.if_else(alone, "", pc.binary_join_element_wise(titles, "", "\n"))
    return pc.binary_join_element_wise(heads, texts, "")


def _begins(body: str, title: str) -> bool:
    """Does the body begin with the title's words?"""
    words = _WORD.findall(title.lower())
    head = _WORD.findall(body[: 2 * len(title) + 50].lower())
    return bool(words) and head[: len(words)] == words
