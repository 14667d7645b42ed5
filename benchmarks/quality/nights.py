"""Real news in five nights against one run: the same pairs; which decisions differ, and why.

    python -m benchmarks.quality.nights ../shared/data/news_ru.jsonl

What is learned is held fixed (`learn=False`), as the guarantee has it. A decision may differ
only because an earlier night had kept an item before its copy came: published is published.
Exit 1 if pairs differ, or a decision differs for any other reason. JSON in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import dedup
from benchmarks.lib import harness
from dedup import Settings, Store
from dedup.result import Pair, Report

FIXED = Settings(learn=False)


def split(path: Path, nights: int, folder: Path) -> tuple[list[Path], dict[str, int]]:
    """Files of equal size by time of publication, and the night of each id."""
    lines = [(json.loads(line), line) for line in path.read_text("utf-8").splitlines()]
    lines.sort(key=lambda one: (one[0].get("published") or "~", one[0]["id"]))
    size = -(-len(lines) // nights)
    files, night = [], {}
    for number in range(nights):
        own = lines[number * size : (number + 1) * size]
        files.append(folder / f"night{number + 1}.jsonl")
        files[-1].write_text("".join(line + "\n" for _, line in own), "utf-8")
        for record, _ in own:
            night.setdefault(record["id"], number + 1)
    return files, night


def plain(pairs: list[Pair]) -> dict[frozenset[str], tuple[str, float, float, float]]:
    return {
        frozenset((one.a, one.b)): (one.relation, one.jaccard, one.containment, one.score)
        for one in pairs
    }


def went(report: Report) -> dict[str, str]:
    """Each removed item and the one kept in its place."""
    return {
        member.id: cluster.kept
        for cluster in report.clusters
        for member in cluster.members
        if member.relation != "kept"
    }


def explained(item: str, old: dict[str, str], new: dict[str, str], night: dict[str, int]) -> bool:
    """Is the difference an earlier night's doing? Either the item itself was kept before what
    removes it in one run had come, or it went for another kept item than in one run because
    the two runs disagree, for that reason, on who of its cluster is kept."""
    keeper, other = old.get(item), new.get(item)
    if keeper is not None and other is None:
        # Kept at night: its keeper came later, or had itself gone for an item of that time.
        return night[keeper] > night[item] or keeper in new
    if keeper is None and other is not None:
        # Removed at night: for an item that one run would have removed.
        return other in old
    assert keeper is not None
    assert other is not None
    return other in old or keeper in new or night[keeper] > night[item]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("news", type=Path)
    parser.add_argument("--nights", type=int, default=5)
    args = parser.parse_args()
    # The name of the file without its folder: results say nothing of the machine's folders.
    command = f"python -m benchmarks.quality.nights {args.news.name} --nights {args.nights}"
    result: dict[str, Any] = {"nights": args.nights, "command": command}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, night = split(args.news, args.nights, folder)
        whole = dedup.pairs([args.news], settings=FIXED)
        one = dedup.report([args.news], settings=FIXED)
        updates = []
        with Store(folder / "news.duckdb", FIXED) as store:
            for file in files:
                begin = time.perf_counter()
                found = store.update([file])
                updates.append({**{n: getattr(found, n) for n in found.__struct_fields__}})
                updates[-1]["seconds"] = round(time.perf_counter() - begin, 2)
            pairs, report = list(store.pairs()), store.report()
            wrong = store.check()
            result["store_bytes_per_item"] = round(store.info().bytes / len(night))
    left, right = plain(whole.rows), plain(pairs)
    old, new = went(one), went(report)
    differ = sorted(item for item in {**old, **new} if old.get(item) != new.get(item))
    unexplained = [item for item in differ if not explained(item, old, new, night)]
    result |= {
        "items": len(night),
        "updates": updates,
        "pairs": len(left),
        "pairs_only_in_one_run": len(left.keys() - right.keys()),
        "pairs_only_in_nights": len(right.keys() - left.keys()),
        "pairs_judged_otherwise": sum(left[p] != right[p] for p in left.keys() & right.keys()),
        "removed_in_one_run": len(old),
        "removed_in_nights": len(new),
        "decisions_that_differ": len(differ),
        "kept_at_night_removed_in_one_run": sum(i in old and i not in new for i in differ),
        "removed_at_night_kept_in_one_run": sum(i in new and i not in old for i in differ),
        "removed_for_another": sum(i in new and i in old for i in differ),
        "unexplained": unexplained,
        "check": wrong,
    }
    path = harness.keep("nights", result)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    print(f"written to {path.name}", file=sys.stderr)
    return int(left != right or bool(unexplained) or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
