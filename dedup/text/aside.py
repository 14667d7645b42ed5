"""What is set aside before comparing: it makes wording differ, and not the story.

Columns in, columns out: Arrow's RE2 runs each rule of `aside_rules` over the texts that
hold the rule's trigger. Nothing is lost: what is set aside only does not count, and
`asides` tells what it was.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.text.aside_rules import STAGES, Rule

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
        for rule in stage:
            some = _apply(rule, some)
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
            whole = pattern.sub(r"\g<keep> " if "(?P<keep>" in rule.pattern else " ", whole)
    return found if re.search(r"[^\W_]", whole) else []


def _either(triggers: list[str]) -> str:
    return "(?m)" + "|".join(f"(?:{trigger})" for trigger in dict.fromkeys(triggers))


def _apply(rule: Rule, texts: pa.Array) -> pa.Array:
    mask = pc.match_substring_regex(texts, "(?m)" + rule.trigger)
    some = texts.filter(mask)
    if not len(some):
        return texts
    kept = "(?P<keep>" in rule.pattern
    pattern = "(?m)" + rule.pattern.replace("(?P<keep>", "(")
    some = pc.replace_substring_regex(some, pattern, r"\1 " if kept else " ")
    return pc.replace_with_mask(texts, mask, some)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def _joined(texts: pa.Array, titles: pa.Array) -> pa.Array:
    """Title, newline, body; the title left out where it is empty or the body begins with it."""
    heads = pc.utf8_slice_codeunits(texts, 0, 4 * _PREFIX)
    start, name = (
        pc.utf8_lower(pc.utf8_slice_codeunits(pc.utf8_ltrim(side, _EDGES), 0, _PREFIX))
        for side in (heads, titles)
    )
    alike = pc.indices_nonzero(pc.and_(pc.equal(start, name), pc.not_equal(titles, ""))).to_numpy()
    repeated = np.zeros(len(texts), np.bool_)
    bodies, names = texts.take(alike).to_pylist(), titles.take(alike).to_pylist()
    for row, body, title in zip(alike.tolist(), bodies, names, strict=True):
        repeated[row] = _begins(body, title)
    alone = pc.or_(pa.array(repeated), pc.equal(titles, ""))
    return pc.if_else(alone, texts, pc.binary_join_element_wise(titles, texts, "\n"))


def _begins(body: str, title: str) -> bool:
    """Does the body begin with the title's words?"""
    words = _WORD.findall(title.lower())
    head = _WORD.findall(body[: 2 * len(title) + 50].lower())
    return bool(words) and head[: len(words)] == words
