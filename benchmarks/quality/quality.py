"""Judge the program against labelled pairs: `python -m benchmarks.quality.quality --data DIR`.

For each labelled set of the folder (see `labelled`): precision, recall and F1 of "the shorter one
may go", also by language, the confusion of relations, the usual rules on the same pairs, the worst
mistakes. Folds by source and by time: `fit_removal`. Removals to read blind: `blind_removals`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.lib.labelled import Labelled, labelled_sets
from benchmarks.quality import quality_pairs

FLOORS = Path(__file__).parent / "floors.json"
WIDTH = 46


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled sets")
    parser.add_argument(
        "--worst", type=int, default=10, metavar="N", help="mistakes to show (default 10)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if a floor of floors.json is not reached"
    )
    given = parser.parse_args()
    sets = labelled_sets(given.data)
    if not sets:
        raise SystemExit(f"{given.data}: no labelled pairs (pairs_*.jsonl or *_pairs*.jsonl)")
    figures: dict[str, Any] = {}
    for data in sets:
        found = quality_pairs.through_pipeline(data.items_files)
        figures[data.name] = quality_pairs.measure(data, found)
        show(data, figures[data.name], given.worst)
    if (given.data / "story_pairs_ru.jsonl").exists():
        from benchmarks.quality import quality_story  # the story tier has its own module

        print()
        quality_story.pairs(given.data)
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return below_floors(figures) if given.check else 0


def show(data: Labelled, figures: dict[str, Any], worst: int) -> None:
    print(f"\n{data.name}: {figures['pairs']} pairs")
    print(f"{'':{WIDTH}} {'all pairs':^24} {'sure pairs':^24}")
    print(
        f"{'':{WIDTH}} {'prec.':>7} {'recall':>7} {'F1':>7}  {'prec.':>7} {'recall':>7} {'F1':>7}"
    )
    lines = {"dedup": figures, **figures["usual"]}
    for name, line in lines.items():
        cells = [
            f"{line[part][n]:7.3f}"
            for part in ("all", "sure")
            for n in ("precision", "recall", "f1")
        ]
        print(f"{name:{WIDTH}.{WIDTH}} {' '.join(cells[:3])}  {' '.join(cells[3:])}")
    for name, line in figures["groups"].items():
        cells = [f"{line[n]:7.3f}" for n in ("precision", "recall", "f1")]
        print(f"  {name:{WIDTH - 2}} {' '.join(cells)}")
    print(f"templates removed: {figures['templates_removed']} of {figures['templates']}")
    show_confusion(figures["confusion"])
    mistakes = sorted(figures["mistakes"], key=lambda m: -m["sure"])
    print(f"\nmistakes: {len(mistakes)}, of which sure pairs {sum(m['sure'] for m in mistakes)}")
    for mistake in mistakes[:worst]:
        print(
            f"\n{mistake['pair']} {mistake['label']} -> {mistake['relation']} ({mistake['rule']})"
        )
        for side in "ab":
            item = data.items[mistake[side]]
            text = " ".join(f"{item['title']} | {item['text']}".split())
            print(f"  {side}: {item['published'][:16]} {item['source']}: {text[:300]}")


def show_confusion(confusion: dict[str, int]) -> None:
    cells = {tuple(name.split(" -> ")): n for name, n in confusion.items()}
    given = sorted({relation for _, relation in cells})
    print(f"\n{'label':>10} {'':2}" + "".join(f"{relation:>11}" for relation in given))
    for label in sorted({label for label, _ in cells}):
        row = "".join(f"{cells.get((label, relation), 0) or '.':>11}" for relation in given)
        print(f"{label:>10} ->{row}")


def below_floors(figures: dict[str, Any]) -> int:
    floors = json.loads(FLOORS.read_text("utf-8"))
    failed = 0
    for name, found in figures.items():
        floor = floors.get(name, floors["default"])
        reached = {
            "f1_sure": found["sure"]["f1"],
            "f1_all": found["all"]["f1"],
            "precision_all": found["all"]["precision"],
            "recall_all": found["all"]["recall"],
        }
        for key, value in reached.items():
            if value < floor[key]:
                print(f"{name}: {key} is {value}, below its floor {floor[key]}")
                failed = 1
        if found["templates_removed"] > floor["templates_removed_share"] * found["templates"]:
            print(f"{name}: {found['templates_removed']} templates removed of {found['templates']}")
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
