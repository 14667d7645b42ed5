"""Size of the HTML report, time to build it, and time until the browser shows the first cluster.

    python -m benchmarks.speed.html_report DATA    any input of `dedup report`, or a .html
    python -m benchmarks.speed.html_report --clusters 10000  an invented report of so many clusters

Without DATA only the building of the page is timed; with DATA the whole run of `dedup report`.
Browser times are the median of five fresh pages: milliseconds from the start of the navigation.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.lib.chromium import chromium, report_file
from dedup.result import Cluster, Item, Member, Report
from dedup.results.html_data import Evidence
from dedup.views.html import html_report

RUNS = 5
SYLLABLES = [a + b for a in "бвгджзклмнпрст" for b in "аеиоу"]


def invented(clusters: int, words: int = 200) -> tuple[Report, Evidence]:
    """A report of clusters of two to six items, copies with one word in fifty changed."""
    draw = random.Random(1)
    vocabulary = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 5))) for _ in range(20_000)]
    items, found, texts = [], [], {}
    for number in range(clusters):
        text = draw.choices(vocabulary, k=words)
        members = []
        for copy in range(draw.randint(2, 6)):
            name = f"https://example.org/{number}/{copy}"
            body = [draw.choice(vocabulary) if copy and draw.random() < 0.02 else w for w in text]
            texts[name] = " ".join(body)
            day, hour = 1 + number % 28, draw.randint(0, 23)
            source = f"Газета {draw.randint(1, 400)}"
            published = f"2024-11-{day:02}T{hour:02}:30"
            items.append(Item(name, "story", source, published, " ".join(text[:8]), ""))
            members.append(Member(name, "reprint" if copy else "kept", 0.9 if copy else 1, 1))
        found.append(Cluster(str(number), members[0].id, members))
    counts = {"stories": len(items), "clusters": clusters, "kept": clusters}
    counts["removed"] = len(items) - clusters
    return Report("dedup.report/1", {}, counts, items, found, [], []), Evidence(texts=texts)


def milliseconds(page: Any, act: str, done: str) -> float:
    """Time from `act` (JavaScript) until the expression `done` holds, polled at each frame."""
    script = f"""async () => {{
        const start = performance.now();
        {act};
        while (!({done})) {{
            await new Promise(requestAnimationFrame);
            if (performance.now() - start > 60000) throw new Error("waited a minute in vain");
        }}
        return performance.now() - start;
    }}"""
    spent: float = page.evaluate(script)
    return spent


def look(path: Path) -> dict[str, float]:
    """Median milliseconds of what a reader waits for."""
    runs: list[dict[str, float]] = []
    with chromium() as browser:
        for _ in range(RUNS):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(path.as_uri())
            mark = "performance.getEntriesByName('first-cluster')[0]?.startTime"
            shown = page.wait_for_function(mark).json_value()
            steps = {"first cluster visible": float(shown)}
            rows = "document.querySelector('.row')"
            steps["list of clusters"] = milliseconds(page, "location.hash = '#clusters'", rows)
            marks = "document.querySelector('.column mark')"
            steps["cluster opened, marked"] = milliseconds(page, f"{rows}.click()", marks)
            search = "const q = document.getElementById('query'); q.value = 'ка'; "
            search += "q.dispatchEvent(new Event('input', { bubbles: true }))"
            found = "document.getElementById('found').dataset.texts"
            steps["search in all texts"] = milliseconds(page, search, found)
            runs.append(steps)
            page.close()
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--clusters", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.data:
            start = time.perf_counter()
            path = report_file(options.data.resolve(), Path(folder))
        else:
            report, evidence = invented(options.clusters)
            path = Path(folder) / "report.html"
            start = time.perf_counter()
            with path.open("w", encoding="utf-8") as file:
                file.writelines(html_report(report, evidence))
            characters = sum(map(len, evidence.texts.values()))
            print(f"items {len(report.items)}, texts {characters / 1e6:.1f} million characters")
        print(f"built in {time.perf_counter() - start:.2f} s")
        print(f"size {path.stat().st_size / 1e6:.2f} MB")
        for name, spent in look(path).items():
            print(f"{name} {spent:.0f} ms")


if __name__ == "__main__":
    main()
