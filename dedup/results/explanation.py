"""Why two texts are related: scores, rule, shared passages, what differs, what is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from dedup.columns.types import BoolArray, Uint64Array
from dedup.errors import InputError
from dedup.index.shingles import shingle_hashes
from dedup.match.compare import compare
from dedup.match.differences import SlotDifference, differences
from dedup.match.features import ComparedItems
from dedup.match.forms import NO_FORMS, RecurringForms
from dedup.match.predicates import least_score
from dedup.match.rules import NONE, POLICY, apply_rules
from dedup.match.score import removal_score
from dedup.match.thresholds import THRESHOLDS
from dedup.pipeline.learning import source_hashes, unlearned
from dedup.pipeline.prepare import ItemWords, Sketcher, derive
from dedup.pipeline.story_pairs import STORY_RULE_NAME, STORY_SENTENCE
from dedup.readers.moments import moments
from dedup.results.build import RELATION_NAMES
from dedup.results.original_words import OriginalWords
from dedup.settings import Settings
from dedup.story.links import STORY
from dedup.story.rarity import Rarity
from dedup.story.score import story_scores
from dedup.story.stems import Vocabulary
from dedup.text.boilerplate import removed_boilerplate
from dedup.text.words import CAPITAL, NUMBER, SENTENCE


class ComparedText(NamedTuple):
    """One of the two texts, as an item holds it."""

    id: str
    title: str
    text: str
    source: str = ""
    published: str = ""


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of the original text; `shared` are character ranges [begin, end) within it."""

    text: str
    shared: list[tuple[int, int]]


class Slot(msgspec.Struct, frozen=True):
    """Words that stand against each other where both texts agree around them, as spelled.

    `kind`: `number`, `name`, `day`, `outcome` (of which one text tells, and the other of the
    opposite, wherever it stands), `negation` (which only one of the texts has), `denial` (a word
    that one text negates and the other states, wherever it stands), or `exchange` (the same names
    in another order); `a`, `b`: the words of each text.
    """

    kind: str
    a: list[str]
    b: list[str]


class Side(msgspec.Struct, frozen=True):
    """What is to be said of one of the two items."""

    id: str
    source: str
    published: str
    title: str
    words: int
    own_numbers: list[str]
    own_names: list[str]
    set_aside: list[tuple[str, str]]
    sentences: list[Sentence]


class Explanation(msgspec.Struct, frozen=True):
    """Why `a` and `b` are related as they are.

    - `relation`, `rule`, `says`: the relation, the rule that decided, and its reason as a
      sentence.
    - `passages`: runs of words that both texts have, the longest first.
    - `slots`: numbers, names, days, outcomes and negations that contradict each other.
    - `shorter`: which text is shorter, `a` or `b`; `own_sentences`: its sentences that the longer
      one does not have.
    - `recurring`: how much of the shared text, as a share, belongs to a form that recurs over
      days.
    - `removal`: the removal score, from 0 to 1; `removal_least`: the least score with which the
      shorter text is removed if no other rule decides.
    """

    relation: str
    rule: str
    says: str
    jaccard: float
    containment: float
    score: float
    passages: list[str]
    a: Side
    b: Side
    slots: list[Slot]
    shorter: str
    own_sentences: list[str]
    recurring: float
    removal: float
    removal_least: float


def explain_files(
    a: str | PathLike[str], b: str | PathLike[str], *, settings: Settings | None = None
) -> Explanation:
    """Explain the relation of the first items of two files. Raises InputError."""
    return explain_texts(_first(a), _first(b), settings or Settings())


def explain_texts(
    a: ComparedText,
    b: ComparedText,
    settings: Settings,
    sketcher: Sketcher | None = None,
    learned: Uint64Array | None = None,
    forms: RecurringForms = NO_FORMS,
) -> Explanation:
    """Explain the relation of two texts.

    `learned`: keys of lines that sources repeat; `forms`: shingles known to recur over days.
    """
    sketcher = sketcher or Sketcher(Vocabulary(), Rarity.shipped())
    both = (a, b)
    times = moments(pa.array([one.published for one in both], pa.string()))
    titles = pa.array([one.title for one in both], pa.string())
    texts = pa.array([one.text for one in both], pa.string())
    words, drafts = derive(titles, texts, times, sketcher.vocabulary)
    sources = [-1 if not one.source else int(one.source != a.source) for one in both]
    repeated: list[list[tuple[str, str]]] = [[], []]
    if learned is not None and len(learned):
        known = np.array([bool(one.source) for one in both])
        left = unlearned(words, source_hashes([one.source for one in both]), known, learned)
        repeated, words = _repeated(both, words, left), words.only(left)
    a_row, b_row = np.array([0]), np.array([1])
    items = ComparedItems(*words, np.array(sources), times, forms)
    features = compare(items, a_row, b_row, settings.shingle)
    relation, rule = (int(values[0]) for values in apply_rules(features))
    assert drafts is not None
    sketches = drafts.weighed(sketcher.rarity)
    score = float(story_scores(sketches, a_row, b_row, settings.window * 3600)[0])
    name, says = POLICY[rule].name, POLICY[rule].says
    if relation == NONE and score >= np.float32(settings.story_threshold):
        relation, name, says = STORY, STORY_RULE_NAME, STORY_SENTENCE
    apart = differences(words.hashes, words.flags, words.starts, settings.shingle)
    marks = _shared(words, settings.shingle)
    aligned = [
        OriginalWords(one.title, one.text, _words_of(words, side)) for side, one in enumerate(both)
    ]
    return Explanation(
        RELATION_NAMES[relation],
        name,
        says,
        round(float(features.jaccard[0]), 4),
        round(float(features.containment[0]), 4),
        round(score, 4),
        _passages(aligned[0], marks[0]),
        _side(a, words, 0, aligned[0], marks[0], repeated[0]),
        _side(b, words, 1, aligned[1], marks[1], repeated[1]),
        slots=[_slot(slot, apart.shorter, aligned) for slot in apart.slots],
        shorter="ab"[apart.shorter],
        own_sentences=[
            aligned[apart.shorter].passage(begin, end) for begin, end in apart.sentences.tolist()
        ],
        recurring=round(float(features.recurring[0] / max(features.covered[0], 1)), 4),
        removal=round(float(removal_score(features)[0]), 4),
        removal_least=float(least_score(features, THRESHOLDS)[0]),
    )


def _slot(slot: SlotDifference, shorter: int, aligned: list[OriginalWords]) -> Slot:
    sides = (slot.long, slot.short) if shorter else (slot.short, slot.long)
    a, b = (one.spelled(side) for one, side in zip(aligned, sides, strict=True))
    return Slot(slot.kind, a, b)


def _repeated(
    both: tuple[ComparedText, ComparedText], words: ItemWords, left: BoolArray
) -> list[list[tuple[str, str]]]:
    """Of each text, what its source repeats; `left` bool [words]: what it does not."""
    pieces_of: list[list[tuple[str, str]]] = [[], []]
    for side, one in enumerate(both):
        left_out = ~left[words.starts[side] : words.starts[side + 1]]
        if left_out.any():
            aligned = OriginalWords(one.title, one.text, _words_of(words, side))
            pieces = [aligned.text[a:b] for a, b in aligned.spans(left_out)]
            pieces_of[side] = [("repeated by its source", piece) for piece in pieces]
    return pieces_of


def _first(path: str | PathLike[str]) -> ComparedText:
    from dedup.readers import read

    for part in read([path]):
        for row in part.items.slice(0, 1).to_pylist():
            return ComparedText(
                row["id"], row["title"], row["text"], row["source"], row["published"]
            )
        if part.skipped:
            raise InputError(str(part.skipped[0]))
    raise InputError(f"{path}: has no items")


def _words_of(words: ItemWords, side: int) -> Uint64Array:
    return words.hashes[words.starts[side] : words.starts[side + 1]]


def _shared(words: ItemWords, k: int) -> list[BoolArray]:
    """Per text, which of its words as compared lie in a shingle that both have."""
    shingles, starts = shingle_hashes(words.hashes, words.starts, k)
    sides = [shingles[starts[i] : starts[i + 1]] for i in (0, 1)]
    marks = []
    for side, other in ((0, 1), (1, 0)):
        mark = np.zeros(len(_words_of(words, side)), np.bool_)
        for place in np.flatnonzero(np.isin(sides[side], sides[other])).tolist():
            mark[place : place + k] = True
        marks.append(mark)
    return marks


def _passages(aligned: OriginalWords, mark: BoolArray) -> list[str]:
    passages = {aligned.text[a:b] for a, b in aligned.spans(mark)}
    return sorted(passages, key=lambda passage: (-len(passage), passage))


def _side(
    given: ComparedText,
    words: ItemWords,
    side: int,
    aligned: OriginalWords,
    mark: BoolArray,
    repeated: list[tuple[str, str]],
) -> Side:
    mine, other = _words_of(words, side), _words_of(words, 1 - side)
    flags = words.flags[words.starts[side] : words.starts[side + 1]]
    missing = ~np.isin(mine, other)
    numbers = missing & ((flags & NUMBER) > 0)
    names = missing & ((flags & (CAPITAL | SENTENCE | NUMBER)) == CAPITAL)
    return Side(
        given.id,
        given.source,
        given.published,
        given.title,
        len(mine),
        aligned.spelled(np.flatnonzero(numbers)),
        aligned.spelled(np.flatnonzero(names)),
        removed_boilerplate(given.text, given.title) + repeated,
        _sentences(aligned.text, aligned.spans(mark)),
    )


def _sentences(text: str, spans: Sequence[tuple[int, int]]) -> list[Sentence]:
    from razdel import sentenize

    out = []
    for line in sentenize(text):
        inside = [
            (max(a, line.start) - line.start, min(b, line.stop) - line.start)
            for a, b in spans
            if a < line.stop and b > line.start
        ]
        out.append(Sentence(line.text, inside))
    return out
