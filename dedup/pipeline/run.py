"""One run, from input to decisions: the way of the data, in order.

    read -> exclude known -> learn -> key -> candidates -> classify -> cluster -> group

`report` over files is a run without a history; `update` is one with that of a store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dedup.columns.types import BoolArray, Int64Array, Uint64Array
from dedup.match.forms import RecurringForms
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.candidates import find_candidates
from dedup.pipeline.classify import classify_pairs, least_jaccard
from dedup.pipeline.clusters import cluster_items
from dedup.pipeline.combined import CombinedItems
from dedup.pipeline.corpus import CORPUS_COLUMNS, Corpus
from dedup.pipeline.disk_space import DiskShare, full_disk_named
from dedup.pipeline.groups import group_items
from dedup.pipeline.history import History, KnownItems, StoredItems
from dedup.pipeline.index_keys import ItemKeys, build_keys
from dedup.pipeline.learning import learn_lines, weigh_stems
from dedup.pipeline.lost_bodies import lost_by_source, warn_of_lost_bodies
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.recurring_forms import learn_forms
from dedup.pipeline.story_pairs import add_story_pairs
from dedup.readers.memory import Inputs
from dedup.readers.read_options import ReadOptions
from dedup.settings import Settings
from dedup.story.stems import Vocabulary
from dedup.system.budget import Budget
from dedup.system.parallel import cores

#: Tells a watcher the step's name, how much of it is done, and the whole (0: unknown).
Watch = Callable[[str, int, int], None]


class RunResult(NamedTuple):
    """What a run found.

    Its items are numbered as `dedup.pipeline.combined` says: first the earlier items that the run
    is concerned with (`stored`, none in a one-shot run), then its own in arrival order.

    `keys`: those of its own items, of none unless the history keeps them; `forms`: the recurring
    shingles it judged by; `known`: what was known of its own items, less those that had come before
    (`unchanged` counts them); `pairs`: all related pairs; `removed_by` int64 [items]: the row of
    `pairs` by which an item is removed, -1 where it is kept; `groups`: the founder of an item's
    story group, by the numbers of the history; `overflow`: memberships of buckets beyond their cap;
    `lines`: keys of the lines that were left out since their sources repeat them; `sketcher`: what
    weighed the stems (None at levels without stories).
    """

    items: Corpus
    stored: StoredItems
    settings: Settings
    keys: ItemKeys
    forms: RecurringForms
    known: KnownItems
    unchanged: int
    pairs: RelatedPairs
    removed_by: Int64Array
    groups: dict[int, int]
    overflow: int
    lines: Uint64Array
    sketcher: Sketcher | None

    @property
    def pinned(self) -> BoolArray:
        """bool [own items]: those that stay kept, since an earlier text of theirs was."""
        return self.known.pinned


def silent(step: str, done: int, whole: int) -> None:
    """A watcher that does nothing."""


def run(
    inputs: Inputs,
    settings: Settings,
    *,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    history: History | None = None,
    columns: Sequence[str] = CORPUS_COLUMNS.names,
    budget: Budget | None = None,
    beside: Sequence[DiskShare] = (),
) -> RunResult:
    """Find what is related among the items of `inputs`, and to earlier ones; decide who is kept.

    `columns`: those of the items that the result will be asked for; `budget`: what memory the run
    may take, and where its scratch files go; `beside`: what disks must have room for besides.

    Raises InputError; OutputError where a disk cannot have room, or where scratch files fill it.
    What there is to say of the inputs comes as InputWarning.
    """
    workers = workers or cores()
    history = history or History()
    watch("read", 0, 0)
    vocabulary = Vocabulary() if settings.finds("stories") else None
    budget = budget or Budget()
    with full_disk_named(budget):
        corpus = Corpus(
            inputs,
            (reading or ReadOptions()).ranked_by(settings.prefer_field),
            workers,
            vocabulary,
            lambda done: watch("read", done, 0),
            history.digests,
            columns,
            budget,
            beside,
        )
        try:
            return decide(corpus, vocabulary, settings, history, workers, watch)
        except BaseException:
            corpus.close()
            raise


def decide(
    corpus: Corpus,
    vocabulary: Vocabulary | None,
    settings: Settings,
    history: History,
    workers: int,
    watch: Watch = silent,
) -> RunResult:
    """The way of the data from a corpus that was read; see `run`."""
    watch("learn", 0, 0)
    known, unchanged = exclude_known(corpus, history)
    lines = learn_lines(corpus, history, settings, workers)
    sketcher = weigh_stems(corpus, vocabulary, history, settings, workers)

    corpus.release()
    watch("sign", 0, len(corpus))
    keys = build_keys(corpus, lines, settings, workers, lambda n: watch("sign", n, len(corpus)))

    corpus.release()
    warn_of_lost_bodies(lost_by_source(corpus))
    if history.first:
        history.seek_samples(keys.samples)
    forms = learn_forms(keys, corpus.moments, history, settings, workers, corpus.space)

    corpus.release()
    watch("match", 0, 0)
    candidates = find_candidates(corpus, keys, history, settings, workers)
    if not history.keeps_keys:
        keys = ItemKeys.none()  # they are a tenth of a run's scratch files
    concerned = candidates.earlier_items(history.first)
    stored = history.fetch(concerned, corpus, sketcher, workers)
    items = CombinedItems(corpus, stored, history.first)

    copies = items.numbering.pairs(candidates.copies)
    corpus.release()
    watch("verify", 0, len(copies))
    access, k = items.access(forms), settings.shingle
    pairs = classify_pairs(
        copies,
        access,
        k,
        workers,
        lambda n: watch("verify", n, len(copies)),
        least_jaccard=least_jaccard(settings),
        space=corpus.space,
    )
    if sketcher is not None:
        watch("stories", 0, 0)
        stories = items.numbering.pairs(candidates.stories)
        pairs = add_story_pairs(
            pairs, stories, items.sketches, access, settings, workers, corpus.space
        )

    items.release()
    pairs.release()
    watch("cluster", 0, 0)
    removed_by = cluster_items(pairs, items, known.pinned, settings)
    groups = group_items(pairs, removed_by, items, history, settings)
    items.release()
    pairs.release()
    return RunResult(
        corpus,
        stored,
        settings,
        keys,
        forms,
        known,
        unchanged,
        pairs,
        removed_by,
        groups,
        candidates.overflow,
        lines,
        sketcher,
    )


def exclude_known(corpus: Corpus, history: History) -> tuple[KnownItems, int]:
    """Go on without the items that the history has unchanged; what is known of the others, and
    how many were unchanged.

    An earlier text of an item that comes with another one is compared with nothing any more.
    """
    known = history.known_items(corpus)
    unchanged = int(known.unchanged.sum())
    if unchanged:
        corpus.keep_only(~known.unchanged)
        known = known.rows(~known.unchanged)
    history.retire(known.replaces[known.replaces >= 0])
    return known, unchanged
