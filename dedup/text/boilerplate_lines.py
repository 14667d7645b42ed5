"""Lines that hold marks of rules, less what the rules set aside.

This module and the rules are loaded where a text has such a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count, pairwise
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.types import BoolArray, Uint8Array, Uint32Array
from dedup.text.boilerplate_marks import OPENING_LINE, mark_kinds
from dedup.text.boilerplate_rules import END, STAGES, BoilerplateRule

_SENTENCE_END = re.compile(END)
#: Characters of a line beyond which RE2 takes a rule: some patterns may take `re` the square of it.
LONG = 1 << 14
#: Letters that tell a name, and those of its end that its case may change.
_STEM, _ENDING = 4, 2


def less_boilerplate_once(lines: list[str], kinds: Uint32Array, roles: Uint8Array) -> list[str]:
    """As `less_boilerplate`; a line that stands there more than once is looked at once."""
    first: dict[tuple[str, int], int] = {}
    alike = [
        first.setdefault(key, row)
        for row, key in enumerate(zip(lines, roles.tolist(), strict=True))
    ]
    rows = list(first.values())
    left = less_boilerplate([lines[row] for row in rows], kinds[rows], roles[rows])
    of_row = dict(zip(rows, left, strict=True))
    return [of_row[row] for row in alike]


def less_boilerplate(
    lines: list[str],
    kinds: Uint32Array,
    roles: Uint8Array,
    taken: list[tuple[str, str]] | None = None,
) -> list[str]:
    """The lines less what is set aside; `kinds` uint32 [lines]: of the marks in each, `roles` uint8
    [lines]: where each stands. What goes is added to `taken`."""
    lines, kinds = lines.copy(), kinds.copy()
    for stage in _stages():
        changed: set[int] = set()
        of_rows: list[tuple[int, tuple[str, str]]] = []
        for rule in stage:
            rows = np.flatnonzero(((kinds & rule.kind) > 0) & rule.concerned[roles])
            if not len(rows):
                continue
            places, where = rows.tolist(), roles[rows].tolist()
            before = [lines[row] for row in places]
            if taken is not None:
                for row, line, role in zip(places, before, where, strict=True):
                    of_rows += [(row, (rule.rule.name, words)) for words in rule.taken(line, role)]
            after = rule.less_each(before, where)
            for row, line, left in zip(places, before, after, strict=True):
                if left != line:
                    lines[row] = left
                    changed.add(row)
        if taken is not None:
            taken += [words for _, words in sorted(of_rows, key=itemgetter(0))]
        # What was parted by what is gone may now be a mark.
        again = sorted(changed)
        kinds[again] = mark_kinds([lines[row] for row in again])
    return lines


@dataclass(frozen=True, eq=False)
class _Applied:
    """A rule of a stage, and the bit of its marks. Its patterns are compiled on first use and kept
    here: they are long, and to look them up by their text takes longer than most matches."""

    kind: np.uint32
    rule: BoilerplateRule

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """Its pattern, anywhere in a line."""
        return re.compile(self.rule.whole)

    @cached_property
    def head(self) -> re.Pattern[str]:
        """Where a line or a sentence begins."""
        return re.compile(self.rule.pattern)

    @cached_property
    def needs(self) -> re.Pattern[str]:
        """What a sentence must also have to be left out."""
        return re.compile(self.rule.needs)

    @cached_property
    def left(self) -> str:
        """What replaces a match, as a template."""
        return self.rule.left

    @cached_property
    def concerned(self) -> BoolArray:
        """Of which lines is it asked at all? bool, by where a line stands."""
        opening = self.rule.opening or self.rule.sentence
        return np.array([self.rule.titles, opening, True], np.bool_)

    @cached_property
    def anywhere(self) -> re.Pattern[str] | None:
        """Its pattern over many lines, parted by line feeds, at once: no match holds one. None
        where each line is looked at by itself, or at its beginning only."""
        rule = self.rule
        if rule.sentence or rule.once or rule.needs or rule.pattern[0] == "^":
            return None
        return re.compile(rule.pattern, re.MULTILINE)

    def less_each(self, lines: list[str], roles: list[int]) -> list[str]:
        """Each line less what the rule sets aside; `roles`: where each stands."""
        if self.anywhere is not None and max(map(len, lines)) <= LONG:
            return self.anywhere.sub(self.left, "\n".join(lines)).split("\n")
        return [self.less(line, role) for line, role in zip(lines, roles, strict=True)]

    def less(self, line: str, role: int) -> str:
        """The line less what the rule sets aside."""
        if self.rule.once:
            start = self.head.match(line)
            return f"{_once(start)} {line[start.end() :]}" if start else line
        if self.rule.needs:
            return "".join(" " if goes else part for part, goes in self._sentences(line))
        guarded = role == OPENING_LINE and not self.rule.opening
        if len(line) > LONG:
            # Its time is in proportion whatever the pattern; setting it up takes a while.
            pattern = self.rule.later if guarded else self.rule.whole
            column = pc.replace_substring_regex(pa.array([line]), pattern, self.rule.left)
            less: str = column[0].as_py()
            return less
        if guarded or self.rule.sentence:
            first = None if guarded else self.head.match(line)
            left = self._less_later(line, first.end() if first else 0)
            return f" {left}" if first else left
        if self.rule.pattern[0] == "^" and not self.head.match(line):
            return line
        return self.whole.sub(self.left, line)

    def _less_later(self, line: str, start: int) -> str:
        """What stands from `start` on, less the matches of `rule.later` there.

        That pattern is the end of a sentence and then `head`; to compile it, too, would take as
        long as hundreds of lines.
        """
        parts, at = [], start
        while end := _SENTENCE_END.search(line, at):
            match = self.head.match(line, end.end())
            parts.append(f"{line[at : end.start()]} " if match else line[at : end.end()])
            at = (match or end).end()
        return "".join((*parts, line[at:]))

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
        guarded = role == OPENING_LINE and not self.rule.opening
        for match in (re.compile(self.rule.later) if guarded else self.whole).finditer(line):
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
    return [[_Applied(np.uint32(1 << next(kind)), rule) for rule in stage] for stage in STAGES]
