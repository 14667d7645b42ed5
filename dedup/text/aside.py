"""What is set aside before comparing: it makes wording differ, and not the story.

Columns in, columns out: Arrow's RE2 runs the rules of a stage of `aside_rules` over the texts
that hold a trigger of it. Nothing is lost: what is set aside only does not count, and `asides`
tells what it was.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.read.clean import first_characters
from dedup.text.aside_rules import STAGES

#: Letters of a title that its body must begin with before the two are looked at closely.
_PREFIX = 6
_EDGES = " \t\n\u00a0\"'«»“”„.,:;!?…-–—([*_"
_WORD = re.compile(r"[^\W_]+")


def set_aside(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """The texts as compared: title, newline, body, less what is set aside.

    `texts` and `titles`: string arrays of one length without nulls; returns a string array of
    that length. The title is left out where the body begins with it. A text of which no letter
    or digit would be left is compared as it is.
    """
    whole = _joined(texts, titles)
    mask = pc.match_substring_regex(whole, _either([r.trigger for s in STAGES for r in s]))
    before = whole.filter(mask)
    if not len(before):
        return whole
    after = before
    for stage in STAGES:
        in_stage = pc.match_substring_regex(after, _either([rule.trigger for rule in stage]))
        some = after.filter(in_stage)
        if not len(some):
            continue
        for rule in stage:
            some = pc.replace_substring_regex(some, "(?m)" + rule.pattern, rule.left)
        after = pc.replace_with_mask(after, in_stage, some)
    left = pc.match_substring_regex(after, r"[\pL\pN]")
    return pc.replace_with_mask(whole, mask, pc.if_else(left, after, before))


def asides(text: str, title: str) -> list[tuple[str, str]]:
    """What `set_aside` takes from one text: rule and removed words, in the order of the rules.

    Empty where nothing is taken, or all would be (then the text is compared as it is).
    """
    found = []
    if title and _begins(text, title):
        found.append(("title repeated", title))
        whole = text
    else:
        whole = f"{title}\n{text}" if title else text
    for stage in STAGES:
        for rule in stage:
            pattern = _compiled(rule.pattern)
            for match in pattern.finditer(whole):
                kept = match.groupdict().get("keep") or ""
                taken = match[0].replace(kept, "", 1).strip()
                if taken:
                    found.append((rule.name, taken))
            whole = pattern.sub(rule.left, whole)
    return found if re.search(r"[^\W_]", whole) else []


def _either(triggers: list[str]) -> str:
    return "(?m)" + "|".join(f"(?:{trigger})" for trigger in dict.fromkeys(triggers))


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


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
