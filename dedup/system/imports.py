"""Where modules are imported from: never the current folder, which may hold files of strangers.

This module is imported before any other of `python -m dedup`, so it imports nothing that Python has
not loaded already.
"""

from __future__ import annotations

import os
import sys


def import_path() -> list[str]:
    """The folders that modules are imported from, less the current one.

    Python puts the current folder there for `python -c` and `python -m`. What lies in a folder of
    inputs is data: a file with the name of a module must not run.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:
        here = ""  # the folder was removed
    return [part for part in sys.path if part and os.path.realpath(part) != here]


def leave_current_folder() -> None:
    """From now on import no module from the current folder."""
    sys.path[:] = import_path()


def leave_out_pandas() -> None:
    """From now on `import pandas` fails in this process, unless it has been imported before.

    PyArrow imports it, where it is installed, for the first array that it makes; that takes as long
    as all else that a command imports. No worker process uses it, and no command but one on Spark
    (`admit_pandas`).
    """
    sys.meta_path.insert(0, _WithoutPandas())


def admit_pandas() -> None:
    """From now on `import pandas` works again: Spark asks for it wherever it uses Arrow."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, _WithoutPandas)]


class _WithoutPandas:
    """Finds no pandas, and leaves other modules to the finders behind it."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("dedup does without pandas here", name=name)
