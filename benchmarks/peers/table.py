"""Write the tables of peers from the newest results into the documentation, between their markers.

Of generated stories and of real items each, the newest run that has them is shown, with its date.

python -m benchmarks.peers.table            # docs/explanation/figures.md
python -m benchmarks.peers.table --print    # only show it
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.lib import harness

BEGIN, END = "<!-- peers:begin -->", "<!-- peers:end -->"
HEAD = (
    "| tool | stories/s | CPU s | peak MB | planted found | of those ≥ 0.8 | false |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
)
REAL_HEAD = (
    "| tool | stories/s | CPU s | peak MB | pairs ≥ 0.7 found | reported below 0.5 |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
)


def _share(value: float) -> str:
    return f"{100 * value:.2f} %"


def _row(row: dict[str, Any], n: int, real: bool) -> str:
    name = row["tool"]
    if "reason" in row:
        # not one cell of figures: the reason stands where they would
        blanks = " |" * (4 if real else 5)
        return f"| {name} | did not run: {row['reason'].replace('|', '/')} |{blanks}"
    name += "" if real or row["stories"] == n else f" (on {row['stories']:,})"
    cells = [name, f"{row['stories_per_second']:,.0f}", f"{row['cpu_seconds']:,.1f}"]
    cells += [f"{row['peak_mb']:,.0f}", _share(row["planted_recall"])]
    if real:
        low = row["below_half"]
        kinds = ", ".join(f"{count} {kind}" for kind, count in low.items() if kind != "pair")
        cells.append(str(sum(low.values())) + (f": {kinds}" if kinds else ""))
    else:
        relations = row.get("false_relations", {})
        kinds = ", ".join(f"{count} {kind}" for kind, count in relations.items())
        cells.append(_share(row["planted_080_recall"]))
        cells.append(kinds or str(row["false"]))
    return "| " + " | ".join(cells) + " |"


def of_generated(result: dict[str, Any]) -> str:
    """The table of generated stories of one `peers` result."""
    settings, machine = result["settings"], result["machine"]
    rows = result["results"]
    n = settings["n"]
    lines = [
        f"{n:,} generated stories, Jaccard {settings['threshold']} of word "
        f"{settings['shingle']}-grams, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, {result['date']}. From the JSONL file to pairs or clusters, "
        "start-up included; memory of the whole process tree.",
        "",
        *HEAD,
        *(_row(row, n, False) for row in rows if row["corpus"] in ("news.jsonl", "")),
    ]
    return "\n".join([*lines, *_versions(rows)])


def of_real(result: dict[str, Any]) -> str:
    """The table of real items of one `peers` result."""
    rows = real_rows(result)
    lines = [
        f"The same on 9,811 real items, {result['date']}. Truth: all pairs at 0.7 or above by "
        "brute force, words cut by a regular expression; dedup leaves subscribe lines and links "
        "out of the comparison, so it judges some of these pairs otherwise.",
        "",
        *REAL_HEAD,
        *(_row(row, result["settings"]["n"], True) for row in rows),
    ]
    return "\n".join([*lines, *_versions(rows)])


def real_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a `peers` result that are of real items."""
    return [row for row in result["results"] if row["corpus"] == "news_ru.jsonl"]


def _versions(rows: list[dict[str, Any]]) -> list[str]:
    known = {k: v for row in rows for k, v in row.get("versions", {}).items() if k != "dedup"}
    named = ", ".join(f"{name} {version}" for name, version in sorted(known.items()))
    return ["", f"Versions: {named}."] if named else []


def put(text: str, inner: str) -> str:
    """`text` with what stands between the markers replaced; ValueError if they are missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"no {BEGIN} ... {END} in the file")
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{inner}\n{END}{rest.split(END, 1)[1]}"


#: The page that has the table.
FIGURES = Path(__file__).parents[2] / "docs" / "explanation" / "figures.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    parser.add_argument("--readme", type=Path, default=FIGURES)
    parser.add_argument("--print", action="store_true", dest="show")
    args = parser.parse_args()
    files = sorted(args.results.glob("peers-*.json"), reverse=True)
    results = [json.loads(file.read_text("utf-8")) for file in files]
    made = of_generated(results[0])
    newest = next((result for result in results if real_rows(result)), None)
    if newest is not None:
        made += "\n\n" + of_real(newest)
    if args.show:
        print(made)
    else:
        args.readme.write_text(put(args.readme.read_text("utf-8"), made), "utf-8")


if __name__ == "__main__":
    main()
