"""What `dedup --version` prints."""

from __future__ import annotations

from pathlib import Path

from dedup._version import __version__


def describe() -> str:
    """The versions of the program, its index and its rules, and whether its loops are compiled."""
    from dedup.match.rules import RULES_VERSION
    from dedup.settings import INDEX_VERSION

    loops = "compiled" if compiled() else "not compiled: runs take two to three times as long"
    return (
        f"dedup {__version__}\n"
        f"inner loops: {loops}\n"
        f"index version: {INDEX_VERSION}\n"
        f"rules version: {RULES_VERSION}"
    )


def compiled() -> bool:
    """Whether all inner loops of this installation are compiled."""
    from importlib.util import find_spec

    sources = Path(__file__).parents[1].glob("*/*.pyx")
    return all(find_spec(f"dedup.{source.parent.name}.{source.stem}") for source in sources)
