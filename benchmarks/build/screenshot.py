"""Takes the README's pictures of the HTML report.

    python -m benchmarks.build.screenshot corpus --output docs/images/report.png

Writes the opened cluster to --output and the overview beside it (report-overview.png).
INPUT is any input of `dedup report`, or a report already written (.html).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.lib.chromium import chromium, report_file

#: What the repository is willing to carry for one picture.
MOST_BYTES = 250_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("input", type=Path)
    parser.add_argument("--output", type=Path, default=Path("docs/images/report.png"))
    parser.add_argument("--cluster", help="id of the cluster to open; else the largest")
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    overview = options.output.with_stem(options.output.stem + "-overview")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        url = report_file(options.input, Path(folder)).as_uri()
        scheme = "dark" if options.dark else "light"
        page = browser.new_page(viewport={"width": 1400, "height": 820}, color_scheme=scheme)
        page.goto(url)
        page.screenshot(path=overview)
        page.evaluate("location.hash = '#clusters'")
        if options.cluster:
            page.evaluate(
                "id => { location.hash = '#clusters/' + encodeURIComponent(id) }", options.cluster
            )
        else:
            page.locator(".row").first.click()
        page.locator(".column.b mark").first.wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=options.output)
    for path in (options.output, overview):
        size = path.stat().st_size
        print(f"{path}: {size} bytes")
        if size > MOST_BYTES:
            parser.exit(1, f"{path} is larger than {MOST_BYTES} bytes\n")


if __name__ == "__main__":
    main()
