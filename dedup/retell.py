"""The story tier of a run: pairs that tell one happening in other words, and their groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from dedup.cluster import Related
from dedup.index.buckets import unpack
from dedup.match.relation import OVERLAP
from dedup.parallel import in_order
from dedup.story.groups import story_groups
from dedup.story.score import STORY as FLOOR
from dedup.story.score import story_scores
from dedup.story.sketch import Sketches

#: Number of the relation `story`, after those of `dedup.match.relation`.
STORY = 6

#: Number and name of the rule that relates by the story score, and what `explain` says of it.
RULE = -1
RETOLD_RULE = "same happening"
RETOLD = "No passage is shared, but rare words, names and the title agree: one story, told anew."

#: Pairs scored at once.
STEP = 1 << 14

#: Gives the sketches of items by their numbers.
Sketched = Callable[[npt.NDArray[np.int64]], Sketches]


def scores(
    packed: npt.NDArray[np.uint64], sketched: Sketched, window: float, workers: int
) -> npt.NDArray[np.float32]:
    """Story scores float32 of packed pairs; `window` in seconds."""

    def block(first: int) -> npt.NDArray[np.float32]:
        left, right = unpack(packed[first : first + STEP])
        numbers, places = np.unique(np.concatenate((left, right)), return_inverse=True)
        sketches = sketched(numbers)
        return story_scores(sketches, places[: len(left)], places[len(left) :], window)

    found = list(in_order(block, range(0, len(packed), STEP), workers))
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def with_stories(
    pairs: Related,
    candidates: npt.NDArray[np.uint64],
    sketched: Sketched,
    window: float,
    workers: int,
) -> Related:
    """`pairs` with their story scores, and the candidates that tell the same story added."""
    known = (pairs.left.astype(np.uint64) << np.uint64(32)) | pairs.right.astype(np.uint64)
    others = np.setdiff1d(candidates, known, assume_unique=True)
    both = np.concatenate((known, others))
    score = scores(both, sketched, window, workers)
    told = np.flatnonzero(score[len(known) :] >= FLOOR)
    left, right = unpack(others[told])
    n = len(told)
    zeros = np.zeros(n)
    joined = Related(
        np.concatenate((pairs.left, left)),
        np.concatenate((pairs.right, right)),
        np.concatenate((pairs.relation, np.full(n, STORY, np.int8))),
        np.concatenate((pairs.rule, np.full(n, RULE, np.int8))),
        np.concatenate((pairs.jaccard, zeros)),
        np.concatenate((pairs.containment, zeros)),
        np.concatenate((score[: len(known)], score[len(known) :][told])).astype(np.float64),
        np.concatenate((pairs.shorter, np.ones(n, np.int8))),
    )
    return joined.rows(np.lexsort((joined.right, joined.left)))


def linking(pairs: Related) -> npt.NDArray[np.bool_]:
    """bool [pairs]: does the pair hold a story group together? A `story`, or an `overlap` of the
    same happening."""
    told = pairs.relation == STORY
    out: npt.NDArray[np.bool_] = told | ((pairs.relation == OVERLAP) & (pairs.score >= FLOOR))
    return out


def groups(
    pairs: Related,
    goes: npt.NDArray[np.bool_],
    seconds: npt.NDArray[np.int64],
    held: Mapping[int, int],
    window: float,
) -> dict[int, int]:
    """The founder of each kept item's story group. `goes` bool and `seconds` int64 by number."""
    links = linking(pairs) & ~goes[pairs.left] & ~goes[pairs.right]
    chosen = pairs.rows(links)
    return story_groups(
        chosen.left, chosen.right, chosen.score.astype(np.float32), seconds, held, window=window
    )
