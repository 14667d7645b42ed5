"""How often Python looks for cycles that nothing refers to."""

from __future__ import annotations

import atexit
import gc

#: New objects after which it looks.
_THRESHOLD = 1_000_000


def look_for_cycles_rarely() -> None:
    """For a process of this program alone: nearly all objects last as long as the run, so to look
    at every 700 new ones takes a tenth of the start and finds none. And the interpreter's last
    look, at its end, passes over all that there is then."""
    gc.set_threshold(_THRESHOLD)
    atexit.register(gc.freeze)
