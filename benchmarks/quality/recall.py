"""What is proposed and found, beside brute force over the texts as compared.

    python -m benchmarks.quality.recall --data ../shared/data

On `news_ru.jsonl` of the folder: (1) of all pairs with word-5-gram Jaccard >= 0.5, the share
that `dedup pairs` reports; (2) of all pairs whose shorter item has 12 words or more, 60 % of whose
word-3-grams stand in the longer, the share that is proposed. Exit 1 below 0.999 and 0.99.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import dedup
from dedup.index.buckets import passage_pairs
from dedup.index.postings import unpack
from dedup.index.shingles import shingle_hashes
from dedup.index.winnowing import sample
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise


def shingles(words: list[str], k: int) -> frozenset[tuple[str, ...]]:
    """The runs of `k` words; a shorter text is one run."""
    if not words:
        return frozenset()
    return frozenset(tuple(words[i : i + k]) for i in range(max(1, len(words) - k + 1)))


def shared(sets: list[frozenset[tuple[str, ...]]]) -> Counter[tuple[int, int]]:
    """How many shingles each pair (i < j) that shares any has in common."""
    where: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for item, one in enumerate(sets):
        for shingle in one:
            where[shingle].append(item)
    counts: Counter[tuple[int, int]] = Counter()
    for items in where.values():
        counts.update(combinations(items, 2))
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    news = parser.parse_args().data / "news_ru.jsonl"

    rows = dedup.items([news]).table.to_pylist()
    whole = [f"{row['title']}\n{row['text']}" if row["title"] else row["text"] for row in rows]
    compared = dedup.normalise(whole)
    words = dedup.words(compared)

    fives = [shingles(one, 5) for one in words]
    near = {
        (a, b)
        for (a, b), count in shared(fives).items()
        if count >= 0.5 * (len(fives[a]) + len(fives[b]) - count)
    }
    place = {row["id"]: number for number, row in enumerate(rows)}
    found = {tuple(sorted((place[pair.a], place[pair.b]))) for pair in dedup.pairs([news])}
    copies = len(near & found) / len(near)
    print(f"word 5-grams, Jaccard >= 0.5: {len(near & found)} of {len(near)} pairs, {copies:.4f}")

    threes = [shingles(one, 3) for one in words]
    parts = {
        (a, b)
        for (a, b), count in shared(threes).items()
        if count >= 0.6 * min(len(threes[a]), len(threes[b]))
        and min(len(words[a]), len(words[b])) >= 12
    }
    cut = tokenise(from_strings(compared))
    samples, starts = sample(*shingle_hashes(cut.hashes, cut.starts, 3))
    left, right = unpack(passage_pairs(samples, starts, workers=2)[0])
    proposed = set(zip(left.tolist(), right.tolist(), strict=True))
    held = len(parts & proposed) / len(parts)
    print(f"containment >= 0.6: {len(parts & proposed)} of {len(parts)} pairs proposed, {held:.4f}")
    print(f"({len(proposed)} pairs proposed in all)")
    return 0 if copies >= 0.999 and held >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
