"""The marks of what is set aside, and the lines that hold one: no others are looked at.

The table of marks comes from a file (`dedup.columns.built_tables`); the rules that it is made of
are loaded where it is worked out, and where a line holds a mark (`boilerplate_lines`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.ragged import offsets
from dedup.columns.types import Uint32Array
from dedup.text.mark_kernels import MarkTables
from dedup.text.prefilter import mark_tables, marked_lines

#: The kind of marks of which `markup` is asked. Each rule's kind is the next bit.
FORMED = np.uint32(1)

#: Where a line stands: it is a title; it begins a body; anywhere else. Rules have a value for each
#: of these, in this order.
TITLE_LINE, OPENING_LINE, INNER_LINE = range(3)


@built_table(MarkTables._make)
def boilerplate_marks() -> MarkTables:
    """The marks of `markup`, and then those of each rule in its order."""
    from dedup.text.boilerplate_rules import STAGES
    from dedup.text.markup import MARKS, TAG_MARKS

    rules = [rule.marks for stage in STAGES for rule in stage]
    marks = [(*MARKS, *TAG_MARKS), *rules]
    return mark_tables([[m.encode() if isinstance(m, str) else m for m in of] for of in marks])


def mark_kinds(lines: Sequence[str]) -> Uint32Array:
    """The kinds of marks in each line, uint32 [lines]."""
    utf8 = [line.encode("utf-8", "surrogatepass") for line in lines]
    sizes = np.array([len(one) for one in utf8], np.int64)
    data = np.frombuffer(b"".join(utf8), np.uint8)
    marked = marked_lines(data, offsets(sizes), boilerplate_marks())
    kinds = np.zeros(len(lines), np.uint32)
    kinds[marked.text] = marked.kinds
    return kinds
