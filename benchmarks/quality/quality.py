"""Judge the program against labelled pairs: `python -m benchmarks.quality.quality --data DIR`.

For each labelled set of the folder (see `labelled`): precision, recall and F1 of "the shorter one
may go", the confusion of relations, the usual rules on the same pairs, the worst mistakes.
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
    parser.add_argument("--direct", action="store_true", help="judge the pairs without candidates")
    parser.add_argument(
        "--generalise", action="store_true", help="k-fold, leave-one-origin-out, moved constants"
    )
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
        figures[data.name] = judge(data, given.direct, given.generalise)
        show(data, figures[data.name], given.worst)
    if (given.data / "story_pairs_ru.jsonl").exists():
        import quality_story  # the story tier, judged and shown by its own module

        print()
        quality_story.pairs(given.data)
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return below_floors(figures) if given.check else 0


def judge(data: Labelled, direct: bool, generalise: bool) -> dict[str, Any]:
    features, relations = quality_pairs.judged_directly(data)
    found = None if direct else quality_pairs.through_pipeline(data.items_file)
    figures = quality_pairs.measure(data, relations if found is None else found)
    figures["judged"] = "directly" if found is None else "through the pipeline"
    if found is not None:
        figures["directly"] = {
            name: quality_pairs.measure(data, relations)[name] for name in ("all", "sure")
        }
    if generalise:
        figures["generalisation"] = quality_pairs.generalisation(data, features)
    return figures


def show(data: Labelled, figures: dict[str, Any], worst: int) -> None:
    print(f"\n{data.name}: {figures['pairs']} pairs, judged {figures['judged']}")
    print(f"{'':{WIDTH}} {'all pairs':^24} {'sure pairs':^24}")
    print(
        f"{'':{WIDTH}} {'prec.':>7} {'recall':>7} {'F1':>7}  {'prec.':>7} {'recall':>7} {'F1':>7}"
    )
    lines = {"dedup": figures, **figures["usual"]}
    if "directly" in figures:
        lines["dedup, pairs given (no candidates)"] = figures["directly"]
    for name, line in lines.items():
        cells = [
            f"{line[part][n]:7.3f}"
            for part in ("all", "sure")
            for n in ("precision", "recall", "f1")
        ]
        print(f"{name:{WIDTH}.{WIDTH}} {' '.join(cells[:3])}  {' '.join(cells[3:])}")
    print(f"templates removed: {figures['templates_removed']} of {figures['templates']}")
    show_confusion(figures["confusion"])
    if "generalisation" in figures:
        show_generalisation(figures["generalisation"])
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


def show_generalisation(figures: dict[str, Any]) -> None:
    print("\nconstants chosen on other pairs than those judged:")
    for name in ("folds", "folds_sure", "origins", "origins_sure"):
        print(f"  {name:13}", *(f"{n} {value:.3f}" for n, value in figures[name].items()))
    print("F1 over all pairs with one constant moved by a fifth:")
    names = list(figures["moved"])
    for down, up in zip(names[::2], names[1::2], strict=True):
        print(f"  {down.split()[0]:12} {figures['moved'][down]:.3f} {figures['moved'][up]:.3f}")


def below_floors(figures: dict[str, Any]) -> int:
    floors = json.loads(FLOORS.read_text("utf-8"))
    failed = 0
    for name, found in figures.items():
        floor = floors.get(name, floors["default"])
        reached = {
            "f1_sure": found["sure"]["f1"],
            "f1_all": found["all"]["f1"],
            "precision_all": found["all"]["precision"],
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
