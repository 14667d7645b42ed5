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
