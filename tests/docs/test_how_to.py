"""The commands of README and documentation do what it says: each page is run from top to bottom.

In a block of `console` the lines that begin with `$` are run; a block of `python` is run as a
script. A block below a comment `not run: REASON` needs what a test has not, and one below a comment
`needs: MODULE` is run where that module is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from repository import CORPUS, ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]

BLOCK = re.compile(
    r"(?:<!-- not run: ([^>]+) -->\n|<!-- needs: (\w+) -->\n)?^```(\w+)\n(.*?)^```", re.M | re.S
)

#: Blocks that are only shown: what a shell or another program would need that is not here.
SHOWN = {"sh", "ini", "text", "toml", "json", "sql"}


def steps(page: Path) -> Iterator[str]:
    """The shell commands of a page, in order."""
    blocks = BLOCK.findall(page.read_text("utf-8"))
    for number, (unrun, module, language, code) in enumerate(blocks):
        if unrun or language in SHOWN or (module and find_spec(module) is None):
            continue
        if language == "python":
            yield f"cat > block{number}.py <<'END'\n{code}END\npython block{number}.py"
        else:
            assert language == "console", f"{page.name}: what is a block of {language}?"
            lines = code.splitlines()
            assert all(line.startswith("$ ") for line in lines), f"{page.name}: {code}"
            yield from (line.removeprefix("$ ") for line in lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    commands = list(steps(page))
    if not commands:
        pytest.skip("the page has only commands that need another program")
    shutil.copytree(CORPUS, tmp_path / "corpus")
    script = "set -euo pipefail\n" + "\n".join(commands)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{page}\n{script}\n{done.stderr[-2000:]}"


def test_a_shown_block_says_why_it_is_not_run() -> None:
    """Shell commands that are not run say why, except those that install the program."""
    for page in PAGES:
        for unrun, _, language, code in BLOCK.findall(page.read_text("utf-8")):
            if language == "sh" and not unrun:
                assert "pip install" in code, f"{page.name}: {code}"
