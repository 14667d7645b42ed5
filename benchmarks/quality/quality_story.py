"""Quality of the story tier on labelled pairs, beside simple baselines, and its groups to read.

    python -m benchmarks.quality.quality_story --data ../shared/data [--groups 20] [--sample 600]

The threshold and the weights are those of the package; `benchmarks/build/fit_story.py` gives the
cross-validated figures of what was fitted. Baselines get the threshold that is best on
these very pairs, so their F1 is an upper bound.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.lib.story_data import (
    Float64Array,
    auc,
    best_f1,
    f1,
    pair_rows,
    read_lines,
    sketches,
)
from dedup.index.postings import pack, unpack
from dedup.story.candidates import pairs_within, story_keys
from dedup.story.groups import assign_groups
from dedup.story.score import STORY_SCORE, story_features, story_scores
from dedup.story.sketch import Sketches
from dedup.text.words import word_lists


def word_jaccard(articles: list[dict[str, Any]], left: Any, right: Any) -> Float64Array:
    words = [set(w) for w in word_lists([f"{a['title']} {a['text']}" for a in articles])]
    both = [(words[a], words[b]) for a, b in zip(left, right, strict=True)]
    return np.array([len(a & b) / len(a | b) for a, b in both])


def stem_cosine(all_of: Sketches, left: Any, right: Any) -> Float64Array:
    """TF-IDF cosine of stems, title words as any others."""
    plain = all_of._replace(weights=all_of.rarity)
    return story_features(plain, left, right).cosine.astype(np.float64)


def pairs(data: Path) -> None:
    articles, left, right, same = pair_rows(read_lines(data / "story_pairs_ru.jsonl"))
    made = sketches(articles)
    keys, items = story_keys(made)
    found = pairs_within(pack(keys, items), made.published)
    met = np.isin(pack(np.minimum(left, right), np.maximum(left, right)), found)
    scores = story_scores(made, left, right).astype(np.float64)
    told = scores >= STORY_SCORE
    print(f"story score            F1 {f1(told, same):.3f}  AUC {auc(scores, same):.3f}")
    print(f"  of candidates only   F1 {f1(met & told, same):.3f}")
    print(f"  candidates: {met[same].sum()} of {same.sum()} same, {met[~same].sum()} of others")
    for name, values in (
        ("word 1-gram Jaccard", word_jaccard(articles, left, right)),
        ("TF-IDF cosine, stems", stem_cosine(made, left, right)),
    ):
        print(f"{name:22} F1 {best_f1(values, same):.3f}  AUC {auc(values, same):.3f}  (best)")


def recall(data: Path, size: int) -> None:
    """How many of the pairs that reach a score are proposed, beside brute force on some items."""
    news = read_lines(data / "news_ru.jsonl")
    other = read_lines(data / "news_other.jsonl")
    print(f"\nproposed, of all pairs of {size} items with this score")
    for name, records in (
        ("threads", [r for r in news if r["id"].startswith("threads:")]),
        ("posts", [r for r in news if not r["title"]]),
        *((lang, [r for r in other if r["lang"] == lang]) for lang in ("en", "bg", "pl", "cs")),
    ):
        records.sort(key=lambda r: (r["published"], r["id"]))
        made = sketches(records, learn=True)
        keys, owners = story_keys(made)
        found = pairs_within(pack(keys, owners), made.published)
        everyone = np.arange(len(records))
        good, met = [], []
        for item in np.random.default_rng(0).permutation(len(records))[:size]:
            others = everyone[everyone != item]
            left, right = np.minimum(others, item), np.maximum(others, item)
            scores = story_scores(made, left, right)
            told = scores >= STORY_SCORE
            good.append(scores[told])
            met.append(np.isin(pack(left[told], right[told]), found))
        scores, proposed = np.concatenate(good), np.concatenate(met)
        print(f"{name:8} {len(found)} candidates;", end="")
        for least in (STORY_SCORE, 0.5, 0.75):
            chosen = scores >= least
            print(f" {least}: {proposed[chosen].mean():.3f} of {chosen.sum()}", end=";")
        print()


def groups(data: Path, shown: int) -> None:
    records = [r for r in read_lines(data / "news_ru.jsonl") if r["id"].startswith("threads:")]
    records.sort(key=lambda r: (r["published"], r["id"]))
    made = sketches(records)
    keys, items = story_keys(made)
    left, right = unpack(pairs_within(pack(keys, items), made.published))
    scores = story_scores(made, left, right)
    good = scores >= STORY_SCORE
    print(f"\n{len(records)} items, {len(left)} candidates, {good.sum()} links")
    members = defaultdict(list)
    found = assign_groups(left[good], right[good], scores[good], made.published)
    for unit, group in found.items():
        members[group].append(unit)
    order = sorted(members.values(), key=lambda units: (-len(units), units[0]))
    print(f"{sum(len(m) > 1 for m in order)} groups of two or more")
    for number, units in enumerate(order[:shown], 1):
        print(f"\n{number}. {len(units)} items")
        for unit in units:
            print(f"   {records[unit]['published'][5:16]} {records[unit]['title'][:110]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--groups", type=int, default=20, help="largest groups to print")
    parser.add_argument("--sample", type=int, default=0, help="items compared with all others")
    options = parser.parse_args()
    pairs(options.data)
    if options.sample:
        recall(options.data, options.sample)
    groups(options.data, options.groups)


if __name__ == "__main__":
    main()
