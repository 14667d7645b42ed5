"""Settings of a run, their check, and the fingerprint a store carries."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from dedup.errors import SettingsError

Level = Literal["copies", "excerpts", "stories"]
LEVELS: tuple[Level, ...] = ("copies", "excerpts", "stories")

#: Version of the way from text to index (set aside, normalise, words, shingles, keys).
#: Raised whenever a stored signature would come out differently.
INDEX_VERSION = 2


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run depends on besides its input.

    `level`: how deep to look; `shingle`: words per shingle; `threshold`: the Jaccard
    at which near copies are found but for one in a thousand; `seed`: of the
    permutations; `window`: hours between two tellings of one story (and, for a store,
    see `update --window`); `learn`: whether lines that a source repeats are learned
    and set aside.
    """

    level: Level = "stories"
    shingle: int = 3
    threshold: float = 0.7
    seed: int = 1
    window: float = 72.0
    learn: bool = True

    def check(self) -> Settings:
        """These settings; raises SettingsError for a value out of its range, or of another type."""
        if self.level not in LEVELS:
            raise SettingsError(f"level is {self.level!r}, expected one of {', '.join(LEVELS)}")
        try:
            msgspec.convert(self.as_dict(), Settings)
        except msgspec.ValidationError as error:
            raise SettingsError(f"settings: {error}") from error
        if not 1 <= self.shingle <= 16:
            raise SettingsError(f"shingle is {self.shingle}, expected 1 to 16 words")
        if not 0.3 <= self.threshold <= 1.0:
            raise SettingsError(f"threshold is {self.threshold}, expected 0.3 to 1.0")
        if not 0 < self.window <= 24 * 3650:
            raise SettingsError(
                f"window is {self.window}, expected more than 0, at most 87600 hours"
            )
        if not 0 <= self.seed < 1 << 32:
            raise SettingsError(f"seed is {self.seed}, expected 0 to 4294967295")
        return self

    def finds(self, level: Level) -> bool:
        """Does a run at these settings look as deep as `level`?"""
        return LEVELS.index(self.level) >= LEVELS.index(level)

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain values, in their order."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


def window_days(window: str | float | dt.timedelta | None) -> float | None:
    """A window in days: `30d`, `12h`, a number of days, a timedelta. Raises SettingsError."""
    if window is None:
        return None
    if isinstance(window, dt.timedelta):
        days = window.total_seconds() / 86400
    else:
        text = str(window).strip().lower()
        unit = {"d": 1.0, "h": 1 / 24, "w": 7.0}.get(text[-1:], 0.0)
        try:
            days = float(text[:-1]) * unit if unit else float(text)
        except ValueError:
            days = 0.0
    if not 0 < days < 1e6:
        raise SettingsError(f"window is {window!r}, expected a time as 30d, 12h or 4w")
    return days
