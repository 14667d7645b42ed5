"""The fingerprint of a store: everything that its content depends on besides the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dedup.errors import SettingsError, StoreDamaged, StoreMismatch
from dedup.index.buckets import BUCKET_CAP
from dedup.index.kernels import SAMPLE_WINDOW
from dedup.index.lsh import ROWS, bands_for
from dedup.index.minhash import SCHEME
from dedup.match.rules import RULES_VERSION
from dedup.settings import INDEX_VERSION, Settings
from dedup.story.rarity import Rarity
from dedup.story.score import SCORE_VERSION
from dedup.story.stems import STEMS_VERSION
from dedup.text.words import WORDS_VERSION

#: Name of a version -> its value in the store and its value now.
Differences = dict[str, tuple[Any, Any]]


def versions(settings: Settings) -> dict[str, Any]:
    """By which versions a store with these settings is indexed and judged today, by name."""
    return {
        "index": INDEX_VERSION,
        "words": WORDS_VERSION,
        "scheme": SCHEME,
        "bands": bands_for(settings.threshold),
        "rows": ROWS,
        "bound": BUCKET_CAP,
        "passage": SAMPLE_WINDOW,
        "rules": RULES_VERSION,
        "score": SCORE_VERSION,
        "stems": STEMS_VERSION,
        "rarity": Rarity.shipped().version,
    }


def fingerprint(settings: Settings) -> dict[str, Any]:
    """The settings and versions that a store of theirs is made with, by name."""
    return {**settings.as_dict(), **versions(settings)}


def settings_in(stored: Mapping[str, Any], path: object) -> Settings:
    """The settings of a fingerprint; those that were not known to its dedup are the defaults.

    Raises StoreMismatch where a later dedup, with settings that this one lacks, made it, and
    StoreDamaged where a setting has no value that it can have.
    """
    names = Settings.__struct_fields__
    unknown = sorted(set(stored) - set(names) - set(versions(Settings())))
    if unknown:
        raise StoreMismatch(
            f"{path}: has unknown settings ({', '.join(unknown)}): a later version of "
            "dedup made it; update dedup"
        )
    given = {name: stored[name] for name in names if name in stored}
    try:
        return msgspec.convert(given, Settings).check()
    except (msgspec.ValidationError, SettingsError) as error:
        raise StoreDamaged(f"{path}: its settings are not those of a store: {error}") from error


def require_settings(stored: Settings, asked: Settings, path: object) -> None:
    """Raises StoreMismatch that names the settings which are other than those of the store."""
    differ = [
        f"{name} is {getattr(stored, name)!r} in the store, {getattr(asked, name)!r} asked for"
        for name in Settings.__struct_fields__
        if getattr(stored, name) != getattr(asked, name)
    ]
    if differ:
        raise StoreMismatch(
            f"{path}: made with other settings: {'; '.join(differ)}. Use the store's settings, or "
            "build a new store"
        )


def outdated(stored: Mapping[str, Any], settings: Settings) -> Differences:
    """The versions of a fingerprint that are not today's; `settings` are the store's."""
    today = versions(settings)
    return {
        name: (stored.get(name), value)
        for name, value in today.items()
        if stored.get(name) != value
    }


def is_later(differences: Differences) -> bool:
    """Was the store made by a later dedup than this one?"""
    return any(_number(stored) > _number(now) for stored, now in differences.values())


def _number(version: Any) -> int:
    """What tells earlier from later in a version: 5 of 5 and of "story/5"; else 0."""
    last = str(version).rpartition("/")[2]
    return int(last) if last.isdigit() else 0


def differences_in_words(differences: Differences) -> str:
    """The differences in words."""
    return "; ".join(
        f"{name} is {stored!r} in the store, {now!r} now"
        for name, (stored, now) in differences.items()
    )
