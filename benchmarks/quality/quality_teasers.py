"""Are teasers matched to their stories? `python -m benchmarks.quality.quality_teasers --data DIR`.

Cuts a teaser from each of a sample of the real articles of `news_ru.jsonl` the way sites do: the
title and the first 120 to 250 characters, cut mid-word or at a comma, a photo caption in front of
some. All items and all teasers then go through one run. Counted are:

- teasers that are an `excerpt` of their own story;
- teasers that go with a second one of the same story, cut and dressed anew as on another page, or
  it with them (`twins linked`; these go through a run of their own);
- reprints of those stories (`identical` or `reprint` to one) that the teaser goes with. Many a
  reprint was given another lead, and nobody can find in it what it does not hold; so beside all
  reprints stand those that *hold the teaser*: of its text without title and caption (12 words or
  more, the last, perhaps cut, word aside) at least 60 % of the word 3-grams are in the reprint,
  by brute force. That is the same bound as the candidates' in `recall.py`;
- wrong links: to a story that is not the teaser's own, does not hold the teaser, is not related
  to its own other than as `template`, and is in no story group with it.

Exit 1 below 99 % of stories or 95 % of reprints that hold the teaser, or at a wrong link in a
thousand or more.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import dedup
from benchmarks.lib.labelled import rows
from benchmarks.quality.recall import shingles
from dedup.match.rules import RELATIONS as JUDGED
from dedup.pipeline.run import run
from dedup.result import REMOVING
from dedup.settings import Settings

RELATIONS = (*JUDGED, "story")
CAPTIONS = ("", "", "Фото: пресс-служба", "Иллюстративное фото", "Архивный снимок. Фото автора")
#: Share of a teaser's shingles by which a story holds it, and words of a teaser that can be held.
HELD, WORDS = 0.6, 12


def cut(item: dict[str, str], draw: random.Random) -> str:
    """A teaser of an item."""
    body = " ".join(item["text"].split())
    length = draw.randint(120, 250)
    text = body[:length]
    comma = text.rfind(",")
    if draw.random() < 0.4 and comma >= 120:
        text = text[:comma] + "..."
    parts = [draw.choice(CAPTIONS), item["title"] if draw.random() < 0.8 else "", text]
    return "\n".join(part for part in parts if part)


def holders(teasers: list[str], items: list[dict[str, str]]) -> list[set[str]]:
    """Ids of the items that hold each teaser."""
    whole = [f"{item['title']}\n{item['text']}" for item in items]
    where: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, words in enumerate(dedup.words(dedup.normalise(whole))):
        for shingle in shingles(words, 3):
            where[shingle].append(number)
    bodies = dedup.normalise([teaser.rsplit("\n", 1)[-1] for teaser in teasers])
    found = []
    for words in dedup.words(bodies):
        parts = shingles(words[:-1], 3) if len(words) > WORDS else frozenset()
        counts = Counter(number for part in parts for number in where[part])
        found.append({items[n]["id"] for n, times in counts.items() if times >= HELD * len(parts)})
    return found


class Found(NamedTuple):
    """Relations of items by id, both ways, and the founder of each item's story group."""

    links: defaultdict[str, dict[str, str]]
    groups: dict[str, int]


def found_in(items: list[dict[str, str]]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        lines = (json.dumps(item, ensure_ascii=False) for item in items)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        outcome = run([path], Settings(level="stories"))
        ids = outcome.items.table(np.arange(len(outcome.items)), ["id"])["id"].to_pylist()
        pairs = outcome.pairs
        links: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for a, b, code in zip(pairs.left, pairs.right, pairs.relation, strict=True):
            links[ids[a]][ids[b]] = links[ids[b]][ids[a]] = RELATIONS[code]
        groups = {ids[n]: founder for n, founder in outcome.groups.items()}
        outcome.items.close()
    return Found(links, groups)


def measure(items: list[dict[str, str]], count: int, seed: int) -> dict[str, Any]:
    """The counts, and under `missed`, `lost` and `strange` the cases behind them."""
    draw = random.Random(seed)
    fit = [item for item in items if item["title"] and len(item["text"]) >= 600]
    chosen = draw.sample(fit, min(count, len(fit)))
    teasers = [
        {"id": f"teaser {n}", "source": "", "published": item["published"], "text": cut(item, draw)}
        for n, item in enumerate(chosen)
    ]
    again = random.Random(seed + 1_000_000)
    twins = [
        {**one, "id": f"{one['id']} again", "text": cut(item, again)}
        for one, item in zip(teasers, chosen, strict=True)
    ]
    links, groups = found_in([*items, *teasers])
    pages, _ = found_in([*teasers, *twins])
    stories = {item["id"] for item in items}
    counts: Counter[str] = Counter(teasers=len(teasers))
    cases: dict[str, list[tuple[str, ...]]] = {"missed": [], "lost": [], "strange": []}
    held_by = holders([teaser["text"] for teaser in teasers], items)
    for teaser, item, held in zip(teasers, chosen, held_by, strict=True):
        found, own = links[teaser["id"]], links[item["id"]]
        goes = {name for name in stories if found.get(name) in REMOVING}
        reprints = {name for name in stories if own.get(name) in ("identical", "reprint")}
        holding = reprints & held
        counts["linked"] += found.get(item["id"]) == "excerpt"
        counts["twins linked"] += pages[teaser["id"]].get(f"{teaser['id']} again") in REMOVING
        for name, some in (("reprints", reprints), ("holding", holding)):
            counts[name] += len(some)
            counts[f"{name} linked"] += len(some & goes)
            counts[f"teasers with {name}"] += bool(some)
            counts[f"teasers with {name} linked"] += bool(some & goes)
        related = {name for name, relation in own.items() if relation != "template"}
        group = groups.get(item["id"], item["id"])
        strange = {name for name in goes - related - held if groups.get(name, name) != group}
        strange.discard(item["id"])
        counts["links"] += len(goes)
        counts["wrong"] += len(strange)
        if found.get(item["id"]) != "excerpt":
            cases["missed"].append((item["id"], found.get(item["id"], "none"), teaser["text"]))
        for kind, names in (("lost", holding - goes), ("strange", strange)):
            cases[kind] += [(item["id"], name, teaser["text"]) for name in sorted(names)]
    return {**counts, **cases}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with news_ru.jsonl")
    parser.add_argument("--count", type=int, default=2000, help="teasers to cut (default 2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worst", type=int, default=5, metavar="N", help="cases to show")
    given = parser.parse_args()
    figures = measure(rows(given.data / "news_ru.jsonl"), given.count, given.seed)

    def share(part: str, whole: str) -> float:
        value: float = figures[part] / max(1, figures[whole])
        print(f"{part}: {figures[part]} of {figures[whole]} {whole}, {value:.2%}")
        return value

    stories = share("linked", "teasers")
    share("twins linked", "teasers")
    share("reprints linked", "reprints")
    held = share("holding linked", "holding")
    share("teasers with reprints linked", "teasers with reprints")
    share("teasers with holding linked", "teasers with holding")
    wrong = share("wrong", "links")
    for kind in ("missed", "lost", "strange"):
        for case in figures[kind][: given.worst]:
            print(f"{kind}: {case}")
    return 0 if stories >= 0.99 and held >= 0.95 and wrong < 0.001 else 1


if __name__ == "__main__":
    sys.exit(main())
