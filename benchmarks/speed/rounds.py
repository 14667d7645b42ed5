"""How many parallel rounds clusters would take: the rounds of `dedup.spark.clusters`, counted here.

python -m benchmarks.speed.rounds 10000 50000 200000
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.lib import harness
from benchmarks.lib.generate import generate
from dedup.match.rules import EXCERPT, IDENTICAL
from dedup.pipeline.run import run
from dedup.settings import Settings


def rounds(path: Path) -> dict[str, int]:
    """Rounds until every item of a corpus is settled, and the pairs that could remove one."""
    outcome = run([path], Settings(level="excerpts"))
    pairs, sizes = outcome.pairs, outcome.items.word_counts
    n = len(sizes)
    outcome.items.close()
    may = (pairs.relation >= IDENTICAL) & (pairs.relation <= EXCERPT)
    left, right, shorter = pairs.left[may], pairs.right[may], pairs.shorter[may]
    excerpt = pairs.relation[may] == EXCERPT
    to_left, to_right = ~excerpt | (shorter == 0), ~excerpt | (shorter == 1)
    goer = np.concatenate((left[to_left], right[to_right]))
    stayer = np.concatenate((right[to_left], left[to_right]))
    late = np.zeros(n, np.bool_)
    late[np.where(shorter == 0, left, right)[excerpt]] = True
    place = np.empty(n, np.int64)
    place[np.lexsort((np.arange(n), np.where(late, -sizes, 0), late))] = np.arange(n)
    goes = np.zeros(n, np.bool_)
    goes[goer] = True
    some = ~goes[stayer] | (place[stayer] < place[goer])
    goer, stayer = goer[some], stayer[some]
    kept, gone = np.ones(n, np.bool_), np.zeros(n, np.bool_)
    kept[goer] = False
    count = 0
    while len(goer):
        count += 1
        going = np.zeros(n, np.bool_)
        going[goer[kept[stayer]]] = True
        waits = np.zeros(n, np.bool_)
        waits[goer[~gone[stayer]]] = True
        stays = np.zeros(n, np.bool_)
        stays[goer] = True
        stays &= ~waits
        gone |= going
        kept |= stays
        left_over = ~(kept | gone)[goer]
        goer, stayer = goer[left_over], stayer[left_over]
    return {"stories": n, "removing_pairs": int(may.sum()), "rounds": count}


def main() -> None:
    found = []
    with tempfile.TemporaryDirectory(prefix="dedup-rounds-") as folder:
        for n in map(int, sys.argv[1:] or ["10000", "50000"]):
            path = Path(folder) / "news.jsonl"
            generate(n, 1, path)
            found.append(rounds(path))
            print(found[-1], flush=True)
    print(harness.keep("rounds", {"command": " ".join(["python", *sys.argv]), "rows": found}))


if __name__ == "__main__":
    main()
