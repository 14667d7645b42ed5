"""Exact pairs by brute force with a prefix filter: the truth about real texts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

WORD = re.compile(r"\w+")


def shingles(text: str, k: int = 3) -> frozenset[int]:
    """Hashes of the word k-grams of a text (lower case, ё as е)."""
    words = WORD.findall(text.lower().replace("ё", "е"))
    return frozenset(hash(tuple(words[i : i + k])) for i in range(max(1, len(words) - k + 1)))


def exact_pairs(sets: Sequence[frozenset[int]], threshold: float) -> dict[tuple[int, int], float]:
    """All pairs (i < j) with Jaccard at the threshold or above, with it.

    A pair at threshold t shares one of the rarest |x| - ceil(t |x|) + 1 shingles of each side
    (Chaudhuri, Ganti and Kaushik 2006, prefix filtering), so only those are looked up.
    """
    seen = Counter(s for one in sets for s in one)
    where: defaultdict[int, list[int]] = defaultdict(list)
    found = {}
    for j, one in enumerate(sets):
        rare = sorted(one, key=lambda s: (seen[s], s))
        prefix = rare[: len(one) - -int(-threshold * len(one) // 1) + 1]
        for i in {i for s in prefix for i in where[s]}:
            other = sets[i]
            if min(len(one), len(other)) < threshold * max(len(one), len(other)):
                continue
            shared = len(one & other)
            jaccard = shared / (len(one) + len(other) - shared)
            if jaccard >= threshold:
                found[i, j] = jaccard
        for s in prefix:
            where[s].append(j)
    return found
