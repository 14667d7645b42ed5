"""Fits the weights of dedup/story/score.py and says how well they do on unseen pairs.

    python -m benchmarks.build.fit_story --data ../shared/data

Logistic regression with a ridge, on standardised features, once for pairs of two titled items, once
for pairs of which one has a title, and once for pairs without. Sets of pairs:

- articles: labelled by hand (do both tell one story?);
- threads, topics, posts: candidates of a run, labelled by reading (`story_labels.tsv`);
- events: news items that share some text and are labelled by their event;
- far: candidates more than ten days apart tell another story, however alike they are (weak labels;
  all of them together weigh as much as a few labelled pairs).

Articles and threads stand in for items without titles, less titles and cut down to the first words of
the bodies, which is what a teaser is. Pairs of a set that was drawn from candidates have another base
rate than pairs at large: such a set has a constant to itself, which is left out of what is printed.

Pairs that share an article stay in one fold; repeated 10-fold cross-validation. The weights in the
source are those that it prints. The threshold is the one at which F1 on left-out articles is flat.
"""

from __future__ import annotations

import argparse
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.lib.story_data import (
    Float64Array,
    Labels,
    auc,
    components,
    f1,
    pair_rows,
    read_lines,
    sketches,
)
from dedup.columns.types import Int64Array
from dedup.index.postings import pack, unpack
from dedup.story.candidates import pairs_within, story_keys
from dedup.story.score import FEATURES, STORY_SCORE, StoryFeatures, story_features

RIDGE = 3.0
FOLDS = 10
REPEATS = 10

#: How often pairs are drawn anew to see how much the figures owe to chance.
BOOTSTRAPS = 1000

#: Words of a body that stand for a teaser.
TEASER_WORDS = 30

#: Days after which a candidate is taken for another story.
FAR_DAYS = 10

#: How many labelled pairs the weak labels weigh, by the number of titles.
FAR_WEIGHT = (20.0, 15.0, 15.0)

#: How many pairs a thread's pair weighs, by the number of titles: cut down, it is but a stand-in.
THREAD_WEIGHT = (0.5, 0.5, 1.0)

#: Thresholds for which F1 is shown.
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

LABELS = Path(__file__).with_name("story_labels.tsv")

Records = list[dict[str, Any]]


class Sample(NamedTuple):
    """Pairs of one set: features [pairs, features], labels, the weight of each, and `group` int64
    [pairs]: pairs of one group share a fold. `shifted`: the set has a constant to itself; `tested`:
    is it left out in folds, or fitted on always?"""

    name: str
    features: Float64Array
    same: Labels
    group: Int64Array
    weight: float = 1.0
    shifted: bool = False
    tested: bool = True


def fit(x: Float64Array, same: Labels, weight: Float64Array) -> Float64Array:
    """Constant and weights of the raw features (Newton's method)."""
    mean = np.average(x, 0, weight)
    scale = np.sqrt(np.average((x - mean) ** 2, 0, weight)) + 1e-9
    z = np.column_stack((np.ones(len(x)), (x - mean) / scale))
    ridge = RIDGE * np.eye(z.shape[1])
    ridge[0, 0] = 0
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        w -= np.linalg.solve(
            z.T @ (z * (weight * p * (1 - p))[:, None]) + ridge,
            z.T @ (weight * (p - same)) + ridge @ w,
        )
    slopes = w[1:] / scale
    return np.append(w[0] - slopes @ mean, slopes)


class Pool(NamedTuple):
    """All samples of one fit; `groups` -1: never left out; `columns`: features of the score."""

    features: Float64Array
    same: Labels
    weight: Float64Array
    groups: Int64Array
    columns: int

    @classmethod
    def of(cls, samples: list[Sample]) -> Pool:
        """The samples one after the other, with a column for each that is shifted."""
        sizes = [len(one.same) for one in samples]
        place = np.repeat(np.arange(len(samples)), sizes)
        shifted = [i for i, one in enumerate(samples) if one.shifted]
        constants = (place[:, None] == np.array(shifted)[None, :]).astype(np.float64)
        groups, used = [], 0
        for one in samples:
            groups.append(one.group + used if one.tested else np.full(len(one.same), -1))
            used += int(one.group.max()) + 1
        return cls(
            np.column_stack((np.concatenate([one.features for one in samples]), constants)),
            np.concatenate([one.same for one in samples]),
            np.repeat([one.weight for one in samples], sizes),
            np.concatenate(groups),
            samples[0].features.shape[1],
        )

    def weights(self, rows: Any = slice(None)) -> Float64Array:
        """Constant and weights of the score's features, fitted on these rows."""
        fitted = fit(self.features[rows], self.same[rows], self.weight[rows])
        return fitted[: self.columns + 1]

    def left_out_odds(self, seed: int) -> Float64Array:
        """Log odds of the pairs of each fold, by the weights fitted on the other folds."""
        names = np.unique(self.groups[self.groups >= 0])
        fold = np.full(len(self.same), -1)
        tested = self.groups >= 0
        order = np.random.default_rng(seed).permutation(len(names)) % FOLDS
        fold[tested] = order[np.searchsorted(names, self.groups[tested])]
        odds = np.zeros(len(fold))
        for k in range(FOLDS):
            w = self.weights(fold != k)
            odds[fold == k] = w[0] + self.features[fold == k, : self.columns] @ w[1:]
        return odds


def report(name: str, columns: tuple[str, ...], samples: list[Sample]) -> None:
    """Print the weights, and how well they do on the pairs of each set, left out in folds."""
    pool = Pool.of(samples)
    named = zip(("1", *columns), pool.weights(), strict=True)
    print(f"{name}: " + ", ".join(f"{column} {value:.2f}" for column, value in named))
    odds = [pool.left_out_odds(seed) for seed in range(REPEATS)]
    first = 0
    for sample in samples:
        rows = slice(first, first + len(sample.same))
        first = rows.stop
        if not sample.tested:
            continue
        figures = []
        for values in odds:
            scores = 1 / (1 + np.exp(-values[rows]))
            figures.append(
                [auc(scores, sample.same), *(f1(scores >= t, sample.same) for t in THRESHOLDS)]
            )
        mean, deviation = np.mean(figures, 0), np.std(figures, 0)
        print(f"  {sample.name:8} {len(sample.same):3} pairs in folds: AUC {mean[0]:.3f}", end="")
        print(f" +-{deviation[0]:.3f}; F1 at", end="")
        for threshold, score in zip(THRESHOLDS, mean[1:], strict=True):
            print(f" {threshold}: {score:.3f}", end=";")
        print(f" (threshold of the package: {STORY_SCORE})")
        scores = 1 / (1 + np.exp(-np.mean(odds, 0)[rows]))
        print(f"           {in_doubt(scores, sample)}")


def in_doubt(scores: Float64Array, sample: Sample) -> str:
    """Precision, recall and F1 at the package's threshold, and between which values 95 % of F1 and
    AUC lie when the pairs are drawn anew, with replacement, a group at a time."""
    same, told = sample.same, scores >= STORY_SCORE
    right = (told & same).sum()
    names, group = np.unique(sample.group, return_inverse=True)
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(BOOTSTRAPS):
        times = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))
        rows = np.repeat(np.arange(len(same)), times[group])
        if 0 < same[rows].sum() < len(rows):
            drawn.append((f1(told[rows], same[rows]), auc(scores[rows], same[rows])))
    (low, least), (high, most) = np.percentile(drawn, (2.5, 97.5), 0)
    return (
        f"at {STORY_SCORE}: P {right / max(told.sum(), 1):.3f} R {right / same.sum():.3f} "
        f"F1 {f1(told, same):.3f} ({low:.3f}-{high:.3f}) AUC {auc(scores, same):.3f} "
        f"({least:.3f}-{most:.3f})"
    )


def column_stack(found: StoryFeatures, columns: tuple[str, ...]) -> Float64Array:
    """The chosen features, float64 [pairs, features]."""
    return np.column_stack([getattr(found, name) for name in columns]).astype(np.float64)


class PairSet(NamedTuple):
    """Labelled pairs of records; `learn`: they are enough to learn the rarity of stems from."""

    name: str
    records: Records
    left: Int64Array
    right: Int64Array
    same: Labels
    learn: bool

    def sample(self, titles: int, columns: tuple[str, ...], **rest: Any) -> Sample:
        """The features of the pairs with so many titles (0, 1, 2); with one, each pair twice."""
        if titles == 2:
            sides = [(self.left, self.right)]
            records = self.records
        else:
            n = len(self.records)
            records = self.records + cut(self.records)
            sides = [(self.left + n, self.right), (self.left, self.right + n)]
            if titles == 0:
                sides = [(self.left + n, self.right + n)]
        made = sketches(records, learn=self.learn)
        left, right = (np.concatenate(side) for side in zip(*sides, strict=True))
        return Sample(
            self.name,
            column_stack(story_features(made, left, right), columns),
            np.tile(self.same, len(sides)),
            np.tile(components(self.left, self.right), len(sides)),
            **rest,
        )


def cut(records: Records) -> Records:
    """The records as teasers: no titles, and the first words of the bodies."""
    return [
        one | {"title": "", "text": " ".join(one["text"].split()[:TEASER_WORDS])}
        for one in records
    ]


def article_pairs(data: Path) -> PairSet:
    """The labelled articles."""
    return PairSet("articles", *pair_rows(read_lines(data / "story_pairs_ru.jsonl")), False)


def named_pairs(name: str, records: Records, pairs: list[tuple[str, str, bool]]) -> PairSet:
    """Those of the pairs (digests of two ids, label) of which these records have both."""
    records = sorted(records, key=lambda r: (r["published"], r["id"]))
    row = {digest(record["id"]): number for number, record in enumerate(records)}
    known = [(row[a], row[b], same) for a, b, same in pairs if a in row and b in row]
    left, right, same = (np.array(column) for column in zip(*known, strict=True))
    return PairSet(name, records, left, right, same.astype(np.bool_), True)


def far_pairs(records: Records, titled: bool) -> PairSet:
    """Candidates whatever their times, more than `FAR_DAYS` apart; both titled or neither."""
    records = sorted(
        (record for record in records if bool(record["title"]) == titled),
        key=lambda r: (r["published"], r["id"]),
    )
    made = sketches(records, learn=True)
    keys, items = story_keys(made)
    left, right = unpack(pairs_within(pack(keys, items), made.published, np.inf))
    far = np.abs(made.published[right] - made.published[left]) > FAR_DAYS * 86400
    left, right = left[far], right[far]
    # Their times are left out, or the time apart would be all that they teach.
    records = [record | {"published": ""} for record in records]
    return PairSet("far", records, left, right, np.zeros(len(left), np.bool_), True)


def digest(name: str) -> str:
    """By what `story_labels.tsv` names an item of this id."""
    return blake2b(name.encode(), digest_size=8).hexdigest()


def labelled_pairs() -> list[tuple[str, str, bool]]:
    """Digests of ids, and labels, of `story_labels.tsv`."""
    lines = [line for line in LABELS.read_text("utf-8").splitlines() if line[:1] != "#"]
    rows = [line.split("\t") for line in lines[1:]]
    return [(a, b, same == "1") for a, b, same in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    news = read_lines(options.data / "news_ru.jsonl")
    english = [r for r in read_lines(options.data / "news_other.jsonl") if r["lang"] == "en"]
    titled = [record for record in news if record["title"]]
    untitled = [record for record in news if not record["title"]]
    labels = labelled_pairs()
    events = [
        (digest(pair["a"]), digest(pair["b"]), pair["event"] == "same")
        for pair in read_lines(options.data / "pairs_ru.jsonl")
        if pair["text"] in ("none", "overlap", "template")
    ]
    articles = article_pairs(options.data)
    threads = [record for record in titled if record["id"].startswith("threads:")]
    topics = [record for record in titled if not record["id"].startswith("threads:")]
    read = [
        named_pairs("threads", threads, labels),
        named_pairs("topics", topics, labels),
        named_pairs("english", english, labels),
    ]

    def samples(titles: int, others: list[PairSet], far: PairSet) -> list[Sample]:
        columns = FEATURES[titles]
        sets = [articles.sample(titles, columns, weight=0.5 if titles == 1 else 1.0)]
        sets += [one.sample(titles, columns, weight=THREAD_WEIGHT[titles], shifted=True) for one in read]
        # These are what they stand for: with a title or without.
        sets += [one.sample(2, columns, shifted=titles == 2) for one in others]
        distant = far.sample(1 if titles == 1 else 2, columns, tested=False)
        return [*sets, distant._replace(weight=FAR_WEIGHT[titles] / len(distant.same))]

    far = far_pairs(titled, True)
    report("titled", FEATURES[2], samples(2, [named_pairs("events", titled, events)], far))
    report("one titled", FEATURES[1], samples(1, [], far))
    posts = [named_pairs(name, untitled, pairs) for name, pairs in (("posts", labels), ("events", events))]
    report("untitled", FEATURES[0], samples(0, posts, far_pairs(untitled, False)))


if __name__ == "__main__":
    main()
