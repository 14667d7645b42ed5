"""The story groups of a run: kept items that tell one happening, and those of earlier runs."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array
from dedup.match.pairs import RelatedPairs
from dedup.pipeline.combined import CombinedItems
from dedup.pipeline.history import History
from dedup.settings import Settings
from dedup.story.groups import assign_groups
from dedup.story.links import links_stories


def group_items(
    pairs: RelatedPairs,
    removed_by: Int64Array,
    items: CombinedItems,
    history: History,
    settings: Settings,
) -> dict[int, int]:
    """The founders of story groups of items that were in none, by the numbers of the history.

    `removed_by` int64 [items]: as `dedup.pipeline.clusters.cluster_items` gives it.
    """
    if not settings.finds("stories"):
        return {}
    stored = items.stored
    first = len(stored.numbers)
    linking = links_stories(pairs.relation, pairs.score, settings.story_threshold)
    linked = pairs.left[linking]
    founders = history.groups(stored.numbers[np.unique(linked[linked < first])])
    # Groups have members that no pair names: they get numbers, too.
    members = np.fromiter(founders, np.int64, len(founders))
    wide = items.numbering.widened(members)
    founded = wide.of(np.fromiter(founders.values(), np.int64, len(founders)))
    moved = wide.of(items.numbering.lasting())
    seconds = np.concatenate((history.seconds(wide.earlier), items.seconds[first:]))
    removed = np.zeros(len(wide), np.bool_)
    removed[moved] = np.concatenate((~stored.kept, removed_by[first:] >= 0))
    links = pairs.rows(linking & ~removed[moved[pairs.left]] & ~removed[moved[pairs.right]])
    grouped = assign_groups(
        moved[links.left],
        moved[links.right],
        links.score.astype(np.float32),
        seconds,
        dict(zip(wide.of(members).tolist(), founded.tolist(), strict=True)),
        floor=settings.story_threshold,
        window=settings.window * 3600,
    )
    lasting = wide.lasting()
    named = {int(lasting[item]): int(lasting[founder]) for item, founder in grouped.items()}
    return {item: founder for item, founder in named.items() if item not in founders}
