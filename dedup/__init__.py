"""dedup: finds the copies in a news corpus, keeps one, and says why each of the others is removed.

What a command does, one function here does: `items`, `report`, `pairs`, `show`, `explain`,
`evaluate`, and `Store` with its methods. `normalise`, `words` and `signatures` show the core at
work. Names are imported on first use, so that `dedup --help` loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedup._version import __version__

if TYPE_CHECKING:
    from dedup.api import evaluate, explain, items, pairs, report, show
    from dedup.errors import DedupError, InputWarning
    from dedup.index.minhash import to_datasketch
    from dedup.index.of_texts import normalise, shingle_hashes32, signatures, words
    from dedup.readers.read_options import ReadOptions
    from dedup.result import Report
    from dedup.results.filtering import filter
    from dedup.results.limits import Limits
    from dedup.settings import Settings
    from dedup.store import Store
    from dedup.system.budget import Budget

__all__ = [
    "Budget",
    "DedupError",
    "InputWarning",
    "Limits",
    "ReadOptions",
    "Report",
    "Settings",
    "Store",
    "__version__",
    "evaluate",
    "explain",
    "filter",
    "items",
    "normalise",
    "pairs",
    "report",
    "shingle_hashes32",
    "show",
    "signatures",
    "to_datasketch",
    "words",
]

_HOME = {
    "Budget": "system.budget",
    "DedupError": "errors",
    "InputWarning": "errors",
    "Limits": "results.limits",
    "ReadOptions": "readers.read_options",
    "Report": "result",
    "Settings": "settings",
    "Store": "store",
    "filter": "results.filtering",
    "normalise": "index.of_texts",
    "shingle_hashes32": "index.of_texts",
    "signatures": "index.of_texts",
    "to_datasketch": "index.minhash",
    "words": "index.of_texts",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dedup.{_HOME.get(name, 'api')}"), name)
    globals()[name] = value
    return value
