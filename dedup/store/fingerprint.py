"""The fingerprint of a store: everything that its content depends on besides the input."""

from __future__ import annotations

from typing import Any

from dedup.errors import StoreMismatch
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


def fingerprint(settings: Settings) -> dict[str, Any]:
    """The settings and versions that a store of theirs is made with, by name."""
    return {
        **settings.as_dict(),
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


def settings_in(stored: dict[str, Any]) -> Settings:
    """The settings of a fingerprint."""
    return Settings(**{name: stored[name] for name in Settings.__struct_fields__ if name in stored})


def hold(stored: dict[str, Any], asked: dict[str, Any], path: str) -> None:
    """Raises StoreMismatch that names the fields in which the two differ."""
    differ = [
        f"{name} is {stored.get(name)!r} in the store, {asked.get(name)!r} asked for"
        for name in {**stored, **asked}
        if stored.get(name) != asked.get(name)
    ]
    if differ:
        raise StoreMismatch(
            f"{path}: made with other settings or by another version of dedup: "
            f"{'; '.join(differ)}. Use the store's settings, or build a new store"
        )
