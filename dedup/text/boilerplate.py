"""What is set aside before comparing: it makes wording differ, and not the story.

Columns in, columns out: the rules of `boilerplate_rules` are asked of the lines that hold a mark
of theirs. Nothing is lost: what is set aside does not count in a comparison, that is all, and
`removed_boilerplate` tells what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count, groupby, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import first_characters, text_bytes
from dedup.columns.built_tables import built_table
from dedup.columns.ragged import offsets
from dedup.columns.types import Int64Array, Uint8Array, Uint32Array
from dedup.text.boilerplate_rules import END, STAGES, BoilerplateRule
from dedup.text.kernels import MarkTables
from dedup.text.markup import MARKS, TAG_MARKS, plain
from dedup.text.prefilter import MarkedLines, mark_tables, marked_lines

#: Letters of a title that its body must begin with before the two are looked at closely.
_PREFIX = 6
_EDGES = " \t\n\u00a0\"'«»“”„.,:;!?…-–—([*_"
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(END)
#: Characters of a line beyond which RE2 takes a rule: some patterns may take `re` the square of it.
LONG = 1 << 14
#: Bytes at a body's beginning that may be blank lines.
_BLANK = 64
#: Letters that tell a name, and those of its end that its case may change.
_STEM, _ENDING = 4, 2
#: The kind of marks of which `markup` is asked.
_FORMED = np.uint32(1)


#: Where a line stands: it is a title; it begins a body; anywhere else.
_TITLE, _OPENING, _INNER = range(3)


def strip_boilerplate(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """The texts as compared: title, newline, body, less what is set aside.

    `texts` and `titles`: string arrays of one length without nulls; returns a string array of
    that length. The title is left out where the body begins with it. A text of which no letter
    or digit would be left is compared as it is.
    """
    whole, bodies = _joined(texts, titles)
    starts, data = text_bytes(whole)
    marked = marked_lines(data, starts, _marks())
    formed = np.zeros(len(whole), np.bool_)
    formed[marked.text[(marked.kinds & _FORMED) > 0]] = True
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
    marked = marked_lines(data_again, starts_again, _marks())
    again = _stripped(starts_again, data_again, marked, bodies_again)
    return pc.replace_with_mask(_stripped(starts, data, rest, bodies), mask, again)


def _stripped(
    starts: Int64Array, data: Uint8Array, marked: MarkedLines, bodies: Int64Array
) -> pa.Array:
    """The texts `data[starts[i]:starts[i + 1]]` less what is set aside; `bodies` int64 [texts]: the
    bytes of each that stand before its body."""
    begin, end = marked.begin.tolist(), marked.end.tolist()
    lines = [data[a:b].tobytes().decode() for a, b in zip(begin, end, strict=True)]
    left = _once_each(lines, marked.kinds, _roles(starts, data, marked, bodies))
    changed = [row for row, line in enumerate(lines) if left[row] != line]
    view, text_starts = data.data, starts.tolist()
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


def _roles(
    starts: Int64Array, data: Uint8Array, marked: MarkedLines, bodies: Int64Array
) -> Uint8Array:
    """uint8 [lines]: is the marked line a title, or the first of its body that is not blank?"""
    body = (starts[:-1] + bodies)[marked.text]
    roles = np.full(len(body), _INNER, np.uint8)
    roles[marked.begin < body] = _TITLE
    roles[marked.begin == body] = _OPENING
    near = np.flatnonzero((marked.begin > body) & (marked.begin < body + _BLANK))
    for row in near.tolist():
        if not data[body[row] : marked.begin[row]].tobytes().strip():
            roles[row] = _OPENING
    return roles


def _says(text: bytes) -> bool:
    """Is there a letter or digit? Most have one at their beginning."""
    head = text[:64].decode(errors="ignore")
    return bool(_LETTER.search(head) or _LETTER.search(text.decode()))


def removed_boilerplate(text: str, title: str) -> list[tuple[str, str]]:
    """What `strip_boilerplate` takes from one text: rule and removed words, stage by stage.

    Empty where nothing is taken, or all would be (then the text is compared as it is).
    """
    taken = []
    text, title = plain(text), plain(title)
    lines = text.split("\n")
    opening = next((row for row, line in enumerate(lines) if line.strip()), 0)
    roles = np.full(len(lines), _INNER, np.uint8)
    roles[opening] = _OPENING
    if title and begins_with_title(text, title):
        taken.append(("title repeated", title))
    elif title:
        lines, roles = [title, *lines], np.concatenate(([np.uint8(_TITLE)], roles))
    left = _less(lines, _kinds(lines), roles, taken)
    return taken if any(map(_LETTER.search, left)) else []


@dataclass(frozen=True, eq=False)
class _Applied:
    """A rule of a stage, and the bit of its marks. Its patterns are compiled on first use and kept
    here: they are long, and to look them up by their text takes longer than most matches."""

    kind: int
    rule: BoilerplateRule

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """Its pattern, anywhere in a line."""
        return re.compile(self.rule.whole)

    @cached_property
    def head(self) -> re.Pattern[str]:
        """At a line's beginning."""
        return re.compile(self.rule.pattern)

    @cached_property
    def later(self) -> re.Pattern[str]:
        """Of a sentence's rule, further on."""
        return re.compile(self.rule.later)

    @cached_property
    def needs(self) -> re.Pattern[str]:
        """What a sentence must also have to be left out."""
        return re.compile(self.rule.needs)

    @cached_property
    def left(self) -> str:
        """What replaces a match, as a template."""
        return self.rule.left

    def concerns(self, role: int) -> bool:
        """Is it asked of such a line at all?"""
        if role == _TITLE:
            return self.rule.titles
        return self.rule.opening or self.rule.sentence or role != _OPENING

    def less(self, line: str, role: int) -> str:
        """The line less what the rule sets aside."""
        if self.rule.once:
            start = self.head.match(line)
            return f"{_once(start)} {line[start.end() :]}" if start else line
        if self.rule.needs:
            return "".join(" " if goes else part for part, goes in self._sentences(line))
        guarded = role == _OPENING and not self.rule.opening
        if len(line) > LONG:
            # Its time is in proportion whatever the pattern; setting it up takes a while.
            pattern = self.rule.later if guarded else self.rule.whole
            column = pc.replace_substring_regex(pa.array([line]), pattern, self.rule.left)
            less: str = column[0].as_py()
            return less
        if guarded:
            return self.later.sub(" ", line)
        if self.rule.sentence:
            first = self.head.match(line)
            if not first:
                return self.later.sub(" ", line)
            return " " + self.later.sub(" ", line[first.end() :])
        if self.rule.pattern[0] == "^" and not self.head.match(line):
            return line
        return self.whole.sub(self.left, line)

    def _sentences(self, line: str) -> Iterator[tuple[str, bool]]:
        """The sentences of a line, and whether the rule takes them whole."""
        ends = [match.end() for match in _SENTENCE_END.finditer(line)]
        for begin, end in pairwise([0, *ends, len(line)]):
            sentence = line[begin:end]
            # A space before it: the second pattern begins with what parts words.
            yield sentence, bool(self.whole.search(sentence) and self.needs.search(f" {sentence}"))

    def taken(self, line: str, role: int) -> Iterator[str]:
        """What it sets aside of the line."""
        if self.rule.needs:
            yield from (part.strip() for part, goes in self._sentences(line) if goes)
            return
        guarded = role == _OPENING and not self.rule.opening
        for match in (self.later if guarded else self.whole).finditer(line):
            kept = _once(match) if self.rule.once else match.groupdict().get("keep") or ""
            words = match[0].replace(kept, "", 1).strip()
            if words:
                yield words


def _once(match: re.Match[str]) -> str:
    """What stays of a dateline: its city, but not where the rest names it, in whatever case."""
    city = match["keep"]
    stem = city[: max(_STEM, len(city) - _ENDING)].casefold()
    return "" if stem in match.string[match.end() :].casefold() else city


@lru_cache(maxsize=1)
def _stages() -> list[list[_Applied]]:
    kind = count(1)  # the first is that of `markup`
    return [[_Applied(1 << next(kind), rule) for rule in stage] for stage in STAGES]


@built_table(MarkTables._make)
def _marks() -> MarkTables:
    rules = [rule.marks for stage in STAGES for rule in stage]
    marks = [(*MARKS, *TAG_MARKS), *rules]
    return mark_tables([[m.encode() if isinstance(m, str) else m for m in of] for of in marks])


def _kinds(lines: list[str]) -> Uint32Array:
    """The kinds of marks in each line, uint32 [lines]."""
    utf8 = [line.encode("utf-8", "surrogatepass") for line in lines]
    sizes = np.array([len(one) for one in utf8], np.int64)
    marked = marked_lines(np.frombuffer(b"".join(utf8), np.uint8), offsets(sizes), _marks())
    kinds = np.zeros(len(lines), np.uint32)
    kinds[marked.text] = marked.kinds
    return kinds


def _once_each(lines: list[str], kinds: Uint32Array, roles: Uint8Array) -> list[str]:
    """As `_less`; a line that stands there more than once is looked at once."""
    first: dict[tuple[str, int], int] = {}
    alike = [
        first.setdefault(key, row)
        for row, key in enumerate(zip(lines, roles.tolist(), strict=True))
    ]
    rows = list(first.values())
    left = _less([lines[row] for row in rows], kinds[rows], roles[rows])
    of_row = dict(zip(rows, left, strict=True))
    return [of_row[row] for row in alike]


def _less(
    lines: list[str],
    kinds: Uint32Array,
    roles: Uint8Array,
    taken: list[tuple[str, str]] | None = None,
) -> list[str]:
    """The lines less what is set aside; `kinds` uint32 [lines]: of the marks in each, `roles` uint8
    [lines]: where each stands. What goes is added to `taken`."""
    lines, kinds = lines.copy(), kinds.copy()
    for stage in _stages():
        changed = []
        rows = np.flatnonzero(kinds & np.uint32(sum(rule.kind for rule in stage)))
        of_rows = (rows.tolist(), kinds[rows].tolist(), roles[rows].tolist())
        for row, marked, role in zip(*of_rows, strict=True):
            line = lines[row]
            for rule in stage:
                if marked & rule.kind and rule.concerns(role):
                    if taken is not None:
                        taken += [(rule.rule.name, words) for words in rule.taken(line, role)]
                    line = rule.less(line, role)
            if line != lines[row]:
                lines[row] = line
                changed.append(row)
        # What was parted by what is gone may now be a mark.
        kinds[changed] = _kinds([lines[row] for row in changed])
    return lines


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
