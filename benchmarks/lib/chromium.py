"""Debian's chromium, driven by playwright, for the scripts that look at the HTML report.

Needs `pip install dedup-news[browser]` and `apt-get install chromium`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("no chromium on PATH: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def report_file(source: Path, folder: Path) -> Path:
    """`source` itself if it is a report already, else the report of it, written to `folder`."""
    if source.suffix == ".html" and source.is_file():
        return source
    path = folder / "report.html"
    command = [sys.executable, "-c", "from dedup.cli import main; main()", "report", str(source)]
    done = subprocess.run([*command, "--format", "html", "--output", str(path)], check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"dedup report ended with {done.returncode}")
    return path
