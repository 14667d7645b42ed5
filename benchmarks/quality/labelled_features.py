"""All labelled pairs of a folder with their features, as the whole program sees their items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.match.compare import compare
from dedup.match.features import ComparedItems, Features
from dedup.pipeline.run import run
from dedup.settings import Settings

BoolArray = npt.NDArray[np.bool_]

#: Labels by which the shorter item may go.
MAY_GO = ("reprint", "excerpt")


class Labelled(NamedTuple):
    """Pairs: rows as labelled; `features` of each; one value per pair: `may` bool: may the shorter
    go; `sources` str, `languages` str and `days` float64: of its first item."""

    pairs: list[dict[str, Any]]
    features: Features
    may: BoolArray
    sources: npt.NDArray[np.str_]
    languages: npt.NDArray[np.str_]
    days: npt.NDArray[np.float64]

    @property
    def templates(self) -> BoolArray:
        return np.array([pair["text"] == "template" for pair in self.pairs])

    def groups(self) -> Iterator[tuple[str, BoolArray]]:
        """Names of groups of pairs, and which are in each."""
        sets = np.array([pair["set"] for pair in self.pairs])
        sure = np.array([pair.get("sure", 1) == 1 for pair in self.pairs])
        yield "all", np.ones(len(sets), np.bool_)
        for name in np.unique(sets).tolist():
            chosen = sets == name
            yield name, chosen
            yield f"{name}, sure", chosen & sure
            for key, values in (("", self.languages), ("drawn ", self._labels("drawn"))):
                for value in np.unique(values[chosen]).tolist():
                    if value and len(np.unique(values[chosen])) > 1:
                        yield f"{name}, {key}{value}", chosen & (values == value)
            go = self._labels("go")
            if (go[chosen] == "minor").any():
                yield f"{name}, less minor", chosen & (go != "minor")

    def _labels(self, key: str) -> npt.NDArray[np.str_]:
        return np.array([str(pair.get(key, "")) for pair in self.pairs])


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def labelled_features(folder: Path) -> Labelled:
    """Every `pairs_X.jsonl` over the items of every `news_X.jsonl` of a folder."""
    pairs = [
        {**row, "set": path.stem.removeprefix("pairs_")}
        for path in sorted(folder.glob("pairs_*.jsonl"))
        for row in rows(path)
    ]
    chosen: list[dict[str, Any]] = []
    parts, sources, languages, days = [], [], [], []
    for path in sorted(folder.glob("news_*.jsonl")):
        items = {row["id"]: row for row in rows(path)}
        result = run([str(path)], Settings())
        corpus = result.items
        every = np.arange(len(corpus))
        ids = corpus.table(every, ["id"]).column("id").to_pylist()
        number = {name: row for row, name in enumerate(ids)}
        here = [p for p in pairs if p["a"] in number and p["b"] in number]
        compared = ComparedItems(*corpus.words(every), corpus.sources, corpus.moments, result.forms)
        left, right = (np.array([number[p[side]] for p in here]) for side in "ab")
        parts.append(compare(compared, left, right))
        chosen += here
        first = [items[p["a"]] for p in here]
        sources += [str(item.get("source", "")) for item in first]
        languages += [str(item.get("lang", "ru")) for item in first]
        days.append(corpus.moments[left])
        corpus.close()
    features = Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    may = np.array(
        [p.get("go", "no") != "no" if "go" in p else p["text"] in MAY_GO for p in chosen]
    )
    return Labelled(
        chosen, features, may, np.array(sources), np.array(languages), np.concatenate(days)
    )
