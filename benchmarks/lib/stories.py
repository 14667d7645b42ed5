"""Draw synthetic stories, edit copies of them, and count how alike a copy and its original are."""

from __future__ import annotations

import functools
import json
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from benchmarks.lib.vocabulary import CLASSES, TABLE_BITS, Language, build
from dedup.columns.types import Float64Array, Int32Array, Int64Array, Uint64Array

Tokens = Int32Array

BLOCK = 2_000  # stories drawn together; small enough to stay near the cache
SOURCES = 400
START = datetime(2025, 1, 1)
SECONDS_APART = 2.6  # some 33,000 stories a day
KINDS = ("verbatim", "light", "cut", "extended", "excerpt")
KIND_SHARES = (0.20, 0.45, 0.12, 0.13, 0.10)
RATES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08)  # edits per word of a light edit


class Stories(NamedTuple):
    """Stories as token runs: story i is tokens[starts[i]:starts[i + 1]], its title heads[i]."""

    tokens: Tokens
    starts: Int64Array
    heads: list[Tokens]


class Job(NamedTuple):
    """A block to draw: `count` of its stories. `copies`: the share of edited copies; `length`: of
    stories, 1 for the usual one; `told`: is the truth about the copies asked for?"""

    seed: int
    block: int
    count: int
    copies: float = 0.3
    length: float = 1.0
    told: bool = True


@functools.cache
def language() -> Language:
    return build()


def draw(lang: Language, name: str, rng: np.random.Generator, count: int) -> Tokens:
    table = lang.tables[name]
    return table[rng.integers(0, 1 << TABLE_BITS, count, dtype=np.int32)]


def originals(seed: int, block: int, length: float = 1.0) -> Stories:
    """The BLOCK original stories of a block, about 200 words each (80 to 400), times `length`."""
    lang = language()
    rng = np.random.default_rng([seed, block])
    words = np.clip(rng.lognormal(5.25, 0.38, BLOCK), 80, 400) * length
    sentences = np.maximum(3, np.round(words / 8.5)).astype(np.int64)
    total = int(sentences.sum())
    story_of = np.repeat(np.arange(BLOCK), sentences)
    formulae = len(lang.starts) - 1 - lang.plain
    share = 1.0 / (np.arange(formulae) + 2.0)
    chosen = rng.integers(0, lang.plain, total)
    # one sentence in eighteen is a formula: one a story; the commonest stands in one story of six
    formula = rng.random(total) < 1 / 18
    count = int(formula.sum())
    chosen[formula] = lang.plain + rng.choice(formulae, count, p=share / share.sum())
    sizes = np.diff(lang.starts)[chosen]
    ends = np.cumsum(sizes)
    begins = ends - sizes
    slots = lang.slots[np.arange(ends[-1]) + np.repeat(lang.starts[chosen] - begins, sizes)]
    names = draw(lang, "E", rng, 4 * BLOCK).reshape(BLOCK, 4)
    tokens = slots.copy()
    for index, name in enumerate(CLASSES):
        at = np.flatnonzero(slots == -1 - index)
        if name in "EQ":
            own = names[np.repeat(story_of, sizes)[at], rng.integers(0, 4, len(at)) ** 2 // 3]
            tokens[at] = own + lang.words if name == "E" else own - lang.first["E"] + lang.quoted
        else:
            tokens[at] = draw(lang, name, rng, len(at))
    heads = tokens[begins]
    tokens[begins] = np.where(heads < lang.words, heads + lang.words, heads)
    # a new line after every fourth sentence or so, never after the last of a story
    last = np.append(story_of[1:] != story_of[:-1], True)
    lines = np.flatnonzero((rng.random(total) < 0.27) & ~last)
    tokens = np.insert(tokens, ends[lines], lang.line).astype(np.int32)
    added = np.zeros(total, dtype=np.int64)
    added[lines] = 1
    story_end = (ends + np.cumsum(added))[last]
    starts = np.concatenate([[0], story_end])
    titles = draw(lang, "N", rng, 8 * BLOCK).reshape(BLOCK, 8)
    titles[:, 1] = draw(lang, "V", rng, BLOCK)
    titles[:, 3] = names[:, 0] + lang.words
    titles[:, 0] += lang.words
    wide = rng.integers(5, 9, BLOCK)
    return Stories(tokens, starts, [titles[i, : wide[i]] for i in range(BLOCK)])


def _light(tokens: Tokens, rate: float, lang: Language, rng: np.random.Generator) -> Tokens:
    """Replace, drop or insert words, each word touched with probability `rate` (at least one)."""
    same = lang.word[tokens]
    # not the word after a number: without it a full stop may follow, which razdel joins to numbers
    number = (same >= lang.first["#"]) & (same < lang.first["end"])
    words = np.flatnonzero((same >= 0) & ~np.append(False, number[:-1]))
    touched = words[rng.random(len(words)) < rate]
    if not len(touched):
        touched = words[rng.integers(0, len(words), 1)]
    how = rng.integers(0, 3, len(touched))
    new = draw(lang, "N", rng, len(touched))
    edited = tokens.copy()
    edited[touched[how == 0]] = new[how == 0]
    edited = np.insert(edited, touched[how == 1] + 1, new[how == 1])
    dropped = touched[how == 2]
    if len(dropped):
        before = np.searchsorted(touched[how == 1], dropped)
        edited = np.delete(edited, dropped + before)
    return edited.astype(np.int32)


def _edit(tokens: Tokens, other: Tokens, kind: str, rng: np.random.Generator) -> Tokens:
    """One edited copy of a story; `other` is an unrelated story that an extension borrows from."""
    lang = language()
    if kind == "verbatim":
        return tokens
    if kind == "light":
        return _light(tokens, RATES[int(rng.integers(len(RATES)))], lang, rng)
    if kind == "cut":
        return tokens[: int(len(tokens) * rng.uniform(0.5, 0.95))]
    if kind == "extended":
        return np.concatenate([tokens, other[: int(len(tokens) * rng.uniform(0.05, 0.8))]])
    stops = np.flatnonzero(tokens[:-40] == lang.stop) + 1 if len(tokens) > 60 else np.array([0])
    begin = int(stops[rng.integers(len(stops))]) if len(stops) else 0
    begin += int(tokens[begin] == lang.line)
    return tokens[begin : begin + int(rng.integers(25, 45))]


def _retitle(head: Tokens, rng: np.random.Generator) -> Tokens:
    """Half of the copies keep the title; the others change its last words."""
    if rng.random() < 0.5:
        return head
    return np.concatenate([head[:-2], draw(language(), "N", rng, 3)])


def _shingles(words: Tokens, starts: Int64Array, k: int) -> Uint64Array:
    """Distinct (text, shingle) pairs as sorted 64-bit keys of which the high 12 bits are the text.

    52 bits of a shingle's hash: two of the few hundred shingles of a pair collide once in 10^10.
    """
    mixed = words.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    size = max(0, len(words) - k + 1)
    hashes = np.zeros(size, dtype=np.uint64)
    for i in range(k):
        hashes = (hashes + mixed[i : i + size]) * np.uint64(0xBF58476D1CE4E5B9)
        hashes ^= hashes >> np.uint64(29)
    text = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[:size]
    inside = np.arange(size) + k <= starts[1:][text]
    keys = (text.astype(np.uint64) << np.uint64(52)) | (hashes >> np.uint64(12))
    return np.unique(keys[inside])


def _scores(first: list[Tokens], second: list[Tokens], k: int) -> Float64Array:
    """[pairs, 2]: Jaccard and containment of word k-grams of first[i] and second[i]."""
    sets = []
    for texts in (first, second):
        starts = np.concatenate([[0], np.cumsum([len(t) for t in texts])])
        sets.append(_shingles(np.concatenate(texts), starts, k))
    shared = np.intersect1d(sets[0], sets[1], assume_unique=True)
    a, b, both = (
        np.bincount((s >> np.uint64(52)).astype(np.int64), minlength=len(first))
        for s in (sets[0], sets[1], shared)
    )
    return np.stack([both / np.maximum(1, a + b - both), both / np.maximum(1, np.minimum(a, b))], 1)


def line(number: int, title: bytes, text: bytes) -> bytes:
    when = START + timedelta(seconds=int(number * SECONDS_APART))
    source = (number * 7919) % SOURCES
    return (
        b'{"id": "g%07d", "source": "source-%03d", "published": "%s", "title": "%s", '
        % (
            number,
            source,
            when.isoformat().encode(),
            title,
        )
        + b'"text": "%s"}\n' % text
    )


def render(tokens: Tokens, lang: Language) -> bytes:
    joined: bytes = b"".join(lang.rendered[tokens].tolist())
    return joined.replace(b"\\n ", b"\\n").strip()


def block(job: Job) -> tuple[bytes, bytes]:
    """JSONL and truth of one block: its originals in order, copies strewn among them."""
    seed, block, count, copies, length, told = job
    lang = language()
    rng = np.random.default_rng([seed, block, 1])
    here = originals(seed, block, length)
    past = int(rng.integers(0, block)) if block else -1
    there = originals(seed, past, length) if block else here
    copied = rng.random(BLOCK) < copies
    copied[0] &= block > 0
    lines: list[bytes] = []
    planted: list[tuple[int, int, str]] = []
    pairs: tuple[list[Tokens], list[Tokens]] = ([], [])
    numbers: list[int] = []  # of this block's originals so far
    past_numbers = _original_numbers(seed, past, copies) if block else []
    for place in range(BLOCK):
        number = block * BLOCK + place
        if not copied[place]:
            index, head = place, here.heads[place]
            body = here.tokens[here.starts[index] : here.starts[index + 1]]
            numbers.append(number)
        else:
            older = block > 0 and (not numbers or rng.random() < 0.5)
            pool, known = (there, past_numbers) if older else (here, numbers)
            pick = int(rng.integers(len(known)))
            if rng.random() < 0.25:
                pick -= pick % 40  # some stories are copied many times, as agency stories are
            index = known[pick] % BLOCK
            source = pool.tokens[pool.starts[index] : pool.starts[index + 1]]
            other = here.tokens[here.starts[place] : here.starts[place + 1]]
            kind = str(rng.choice(KINDS, p=KIND_SHARES))
            body = _edit(source, other, kind, rng)
            head = pool.heads[index] if kind == "verbatim" else _retitle(pool.heads[index], rng)
            if told:
                planted.append((number, known[pick], kind))
                pairs[0].append(_words(head, body, lang))
                pairs[1].append(_words(pool.heads[index], source, lang))
        if place < count:
            lines.append(line(number, render(head, lang), render(body, lang)))
    return b"".join(lines), _truth(planted, pairs, block * BLOCK + count)


def _original_numbers(seed: int, block: int, copies: float) -> list[int]:
    rng = np.random.default_rng([seed, block, 1])
    if block:
        rng.integers(0, block)
    copied = rng.random(BLOCK) < copies
    copied[0] &= block > 0
    return (block * BLOCK + np.flatnonzero(~copied)).tolist()


def _words(head: Tokens, body: Tokens, lang: Language) -> Tokens:
    words: Tokens = lang.word[np.concatenate([head, body])]
    return words[words >= 0]


def _truth(
    planted: list[tuple[int, int, str]], pairs: tuple[list[Tokens], list[Tokens]], end: int
) -> bytes:
    if not planted:
        return b""
    threes = _scores(*pairs, 3)
    fives = _scores(*pairs, 5)
    rows = [
        {
            "copy": f"g{copy:07d}",
            "original": f"g{original:07d}",
            "kind": kind,
            "jaccard3": round(float(threes[i, 0]), 6),
            "jaccard5": round(float(fives[i, 0]), 6),
            "containment3": round(float(threes[i, 1]), 6),
        }
        for i, (copy, original, kind) in enumerate(planted)
        if copy < end
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
