"""Single steps of a run for texts in memory: normalised texts, words, shingles, signatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dedup.columns.types import Int64Array, Uint32Array
from dedup.errors import SettingsError
from dedup.index.lsh import ROWS, bands_for
from dedup.index.minhash import hashes32, sign
from dedup.index.shingles import shingle_hashes
from dedup.settings import Settings
from dedup.text.boilerplate import strip_boilerplate
from dedup.text.codepoints import from_arrow, from_strings
from dedup.text.normalise import clean, fold
from dedup.text.words import tokenise, word_lists


def normalise(texts: Sequence[str]) -> list[str]:
    """The texts as they are compared: without boilerplate, in NFC, with one kind of space,
    look-alike letters made one, in lower case, ё as е. (A story is compared as its title, a line
    feed, and its text.)"""
    safe = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    column = pa.array(safe, pa.string())
    whole = strip_boilerplate(column, pa.array([""] * len(safe), pa.string()))
    return fold(clean(from_arrow(whole))).strings()


def words(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text as given, in lower case, ё as е: razdel's tokens that hold a letter
    or digit."""
    return word_lists(list(texts))


def signatures(
    texts: Sequence[str], *, permutations: int | None = None, shingle: int = 3, seed: int = 1
) -> Uint32Array:
    """MinHash signatures, uint32 [texts, permutations], of the texts' word shingles.

    The same as `datasketch.MinHash(permutations, seed, scheme="affine32")` of the 32-bit hashes
    that `shingle_hashes32` gives; by default as many permutations as the default threshold
    takes. The texts are taken as compared (`normalise`). Raises SettingsError.
    """
    count = bands_for(Settings().threshold) * ROWS if permutations is None else permutations
    if count < 1:
        raise SettingsError(f"permutations is {count}, expected 1 or more")
    hashes, starts = _hashes32(texts, shingle)
    return sign(hashes, starts, count, seed)


def shingle_hashes32(texts: Sequence[str], *, shingle: int = 3) -> list[Uint32Array]:
    """The 32-bit hashes, uint32 [shingles], that `signatures` signs, text by text."""
    hashes, starts = _hashes32(texts, shingle)
    return np.split(hashes, starts[1:-1]) if len(texts) else []


def _hashes32(texts: Sequence[str], shingle: int) -> tuple[Uint32Array, Int64Array]:
    tokens = tokenise(from_strings(normalise(texts)))
    shingles, starts = shingle_hashes(tokens.hashes, tokens.starts, shingle)
    return hashes32(shingles), starts
