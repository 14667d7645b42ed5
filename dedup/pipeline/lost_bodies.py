"""Items of which too little is left to judge them by, counted by source.

Their bodies were a paywall, an embedded script, a footer, or an error in place of the page. They
stand in no comparison: such items have no words. They are kept, and are a reason to remove no
other.
"""

from __future__ import annotations

import warnings

import numpy as np

from dedup.errors import InputWarning
from dedup.pipeline.corpus import Corpus

#: Sources that a warning names.
NAMED_SOURCES = 5


def lost_by_source(corpus: Corpus) -> dict[str, int]:
    """How many items of each source have no words for comparison, most first; "" is no source."""
    sources = corpus.sources[corpus.word_counts == 0]
    numbers, counts = np.unique(sources, return_counts=True)
    names = [corpus.source_names[number] if number >= 0 else "" for number in numbers.tolist()]
    return most_first(dict(zip(names, counts.tolist(), strict=True)))


def most_first(counts: dict[str, int]) -> dict[str, int]:
    """The same, the largest counts first."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def warn_of_lost_bodies(lost: dict[str, int]) -> None:
    """Tell by an InputWarning how many items have no words, and from which sources they come.

    `lost`: as `lost_by_source` gives it.
    """
    if not lost:
        return
    total = sum(lost.values())
    named = [f"{name or 'no source'} {n}" for name, n in list(lost.items())[:NAMED_SOURCES]]
    others = f" and {len(lost) - NAMED_SOURCES} more sources" if len(lost) > NAMED_SOURCES else ""
    items = "1 item has" if total == 1 else f"{total} items have"
    warnings.warn(
        f"{items} too little text to compare once paywalls, scripts, errors and footers are left "
        f"out; nothing is removed because of such an item ({', '.join(named)}{others})",
        InputWarning,
        stacklevel=2,
    )
