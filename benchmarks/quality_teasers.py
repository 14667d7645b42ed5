"""Are teasers matched to their stories? `python benchmarks/quality_teasers.py --items FILE`.

Cuts a teaser from each of a sample of real articles the way sites do: the title and the first
120 to 250 characters, cut mid-word or at a comma, a photo caption in front of some. All items
and all teasers then go through one run. A teaser linked to a story that is neither its own nor
related to its own is a wrong link.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from labelled import rows

from dedup.match.relation import RELATIONS as JUDGED
from dedup.result import REMOVING
from dedup.run import run
from dedup.settings import Settings

RELATIONS = (*JUDGED, "story")
CAPTIONS = ("", "", "Фото: пресс-служба", "Иллюстративное фото", "Архивный снимок. Фото автора")


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


def measure(items_file: Path, count: int, seed: int = 0) -> dict[str, Any]:
    """Shares of teasers linked to their story, and of stories' reprints linked too."""
    draw = random.Random(seed)
    items = rows(items_file)
    fit = [item for item in items if item["title"] and len(item["text"]) >= 600]
    chosen = draw.sample(fit, min(count, len(fit)))
    teasers = [
        {"id": f"teaser {n}", "source": "", "published": item["published"], "text": cut(item, draw)}
        for n, item in enumerate(chosen)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        lines = (json.dumps(item, ensure_ascii=False) for item in [*items, *teasers])
        path.write_text("\n".join(lines) + "\n", "utf-8")
        outcome = run([path], Settings(level="stories"))
        ids = outcome.items.table(np.arange(len(outcome.items)), ["id"])["id"].to_pylist()
        pairs = outcome.pairs
        links: dict[str, dict[str, str]] = defaultdict(dict)
        for a, b, code in zip(pairs.left, pairs.right, pairs.relation, strict=True):
            links[ids[a]][ids[b]] = links[ids[b]][ids[a]] = RELATIONS[code]
        told = {ids[n]: founder for n, founder in outcome.groups.items()}
        outcome.items.close()
    linked = reprints = reprints_linked = judged = wrong = 0
    missed, strange = [], []
    for teaser, item in zip(teasers, chosen, strict=True):
        found = links[teaser["id"]]
        if found.get(item["id"]) in REMOVING:
            linked += 1
        else:
            missed.append((item["id"], teaser["text"], found.get(item["id"], "not linked")))
        own = {name for name, relation in links[item["id"]].items() if relation != "template"}
        for name, relation in links[item["id"]].items():
            if relation in ("identical", "reprint") and not name.startswith("teaser"):
                reprints += 1
                reprints_linked += found.get(name) in REMOVING
        for name, relation in found.items():
            if relation in REMOVING and not name.startswith("teaser"):
                judged += 1
                same = told.get(name, name) == told.get(item["id"], item["id"])
                if name != item["id"] and name not in own and not same:
                    wrong += 1
                    strange.append((item["id"], name, teaser["text"]))
    return {
        "teasers": len(teasers),
        "linked": round(linked / len(teasers), 4),
        "reprints": reprints,
        "reprints_linked": round(reprints_linked / max(1, reprints), 4),
        "links": judged,
        "wrong": wrong,
        "missed": missed,
        "strange": strange,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=Path, required=True, help="items as JSON lines")
    parser.add_argument("--count", type=int, default=2000, help="teasers to cut (default 2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worst", type=int, default=5, metavar="N", help="cases to show")
    given = parser.parse_args()
    figures = measure(given.items, given.count, given.seed)
    print(f"teasers {figures['teasers']}, linked to their story {figures['linked']:.3%}")
    print(
        f"reprints of their stories {figures['reprints']}, linked {figures['reprints_linked']:.3%}"
    )
    print(f"links to stories {figures['links']}, to a wrong story {figures['wrong']}")
    for kind in ("missed", "strange"):
        for case in figures[kind][: given.worst]:
            print(f"{kind}: {case}")


if __name__ == "__main__":
    main()
