"""Settings of a run, their check, and the fingerprint a store carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from dedup.errors import SettingsError
from dedup.result import REMOVING
from dedup.system.durations import UNIT_SECONDS, parse_seconds

Level = Literal["copies", "excerpts", "stories"]
LEVELS: tuple[Level, ...] = ("copies", "excerpts", "stories")

#: Which of several copies is kept.
Keep = Literal["earliest", "longest", "latest", "first"]
KEEPS: tuple[Keep, ...] = ("earliest", "longest", "latest", "first")

#: Relations by which an item may be removed.
Removing = Literal["identical", "reprint", "excerpt"]

#: Version of the way from text to index (set aside, normalise, words, shingles, keys).
#: Raised whenever a stored signature would come out differently.
INDEX_VERSION = 5


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run depends on besides its input.

    How items are compared:

    - `level`: how deep to look: `copies` (near copies only), `excerpts` (also a text within
      another), or `stories` (also the same story in other words).
    - `shingle`: how many words in a row are compared as one.
    - `threshold`: for level `copies` only, the least Jaccard similarity of near copies. Of the
      pairs above it less than one in a thousand is missed.
    - `seed`: the seed from which the permutations of MinHash are drawn.
    - `window`: two items can tell the same story only if they were published within so many hours.
    - `learn`: whether lines that a source repeats are learned and left out of the comparison.
    - `story_threshold`: the least story score, a probability, with which two items tell the same
      story.

    What is removed:

    - `keep`: which of several copies is kept: the `earliest`, the `longest`, the `latest`, or the
      `first` in the order of input.
    - `prefer`: sources whose items are kept before those of others, the most preferred first.
    - `prefer_field`: a field of the records with a number, a rank. Of items that `prefer` does not
      tell apart, the one with the least number is preferred.
    - `prefer_over_length`: whether a preferred item is kept even where a longer one contains it.
    - `remove`: the relations by which an item may be removed.
    - `min_containment`, `min_jaccard`: with lower scores nothing is removed.
    """

    level: Level = "stories"
    shingle: int = 3
    threshold: float = 0.7
    seed: int = 1
    window: float = 72.0
    learn: bool = True
    story_threshold: float = 0.25
    keep: Keep = "earliest"
    prefer: tuple[str, ...] = ()
    prefer_field: str = ""
    prefer_over_length: bool = False
    remove: tuple[Removing, ...] = REMOVING
    min_containment: float = 0.0
    min_jaccard: float = 0.0

    def check(self) -> Settings:
        """These settings, with lists as tuples.

        Raises SettingsError for a value out of its range, or of another type.
        """
        if self.level not in LEVELS:
            raise SettingsError(f"level is {self.level!r}, expected one of {', '.join(LEVELS)}")
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        try:
            msgspec.convert(values, Settings)
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
        if not 0.05 <= self.story_threshold <= 1:
            raise SettingsError(f"story_threshold is {self.story_threshold}, expected 0.05 to 1")
        if not 0 <= self.seed < 1 << 32:
            raise SettingsError(f"seed is {self.seed}, expected 0 to 4294967295")
        if self.keep not in KEEPS:
            raise SettingsError(f"keep is {self.keep!r}, expected one of {', '.join(KEEPS)}")
        if not self.remove or set(self.remove) - set(REMOVING):
            raise SettingsError(
                f"remove is {self.remove!r}, expected one or more of {', '.join(REMOVING)}"
            )
        if len(set(self.prefer)) < len(self.prefer) or "" in self.prefer:
            raise SettingsError(f"prefer is {self.prefer!r}, expected different sources")
        if self.prefer_over_length and not (self.prefer or self.prefer_field):
            raise SettingsError(
                "prefer_over_length asks for a preference: name sources in prefer, or a field in "
                "prefer_field"
            )
        for name in ("min_containment", "min_jaccard"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"{name} is {getattr(self, name)}, expected 0 to 1")
        return msgspec.structs.replace(self, prefer=tuple(self.prefer), remove=tuple(self.remove))

    def finds(self, level: Level) -> bool:
        """Does a run at these settings look as deep as `level`?"""
        return LEVELS.index(self.level) >= LEVELS.index(level)

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain values, in their order.

        Of those that say what is removed (from `keep` on) only what is not the default: so reports
        and stores that use none of them are as they were before there were any.
        """
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        defaults = Settings()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if name not in REMOVAL_SETTINGS or value != getattr(defaults, name)
        }


#: The settings that say what is removed.
REMOVAL_SETTINGS = Settings.__struct_fields__[Settings.__struct_fields__.index("keep") :]

#: Those of them that can be changed without reading the inputs again.
CHANGEABLE_SETTINGS = tuple(name for name in REMOVAL_SETTINGS if name != "prefer_field")


def settings_of(settings: Settings | None, changes: Mapping[str, Any]) -> Settings:
    """`settings` (or the defaults) with single settings changed. Raises SettingsError."""
    names = Settings.__struct_fields__
    unknown = sorted(set(changes) - set(names))
    if unknown:
        raise SettingsError(f"no such setting: {', '.join(unknown)}; there are {', '.join(names)}")
    return msgspec.structs.replace(settings or Settings(), **changes).check()


def window_days(window: str | float | dt.timedelta | None) -> float | None:
    """The days of a time: `30d`, `12h`, a number of days, a timedelta. Raises SettingsError."""
    if window is None:
        return None
    if isinstance(window, dt.timedelta):
        seconds: float | None = window.total_seconds()
    else:
        seconds = parse_seconds(str(window), "d")
    days = (seconds or 0.0) / UNIT_SECONDS["d"]
    if not 0 < days < 1e6:
        raise SettingsError(
            f"{window!r} is not a length of time; write it as 90s, 30m, 72h, 30d or 4w, or as a "
            "number of days"
        )
    return days
