"""Where the repository's parts are that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
TEST_DATA = ROOT / "tests" / "data"
