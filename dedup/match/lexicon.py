"""What listed words mean in any language: numbers, multiples, months, weekdays, outcomes.

The words stand in `dedup.text.lang`, which is loaded where the table is worked out; here they are
columns, found by the hashes of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.types import (
    BoolArray,
    Float64Array,
    Int64Array,
    Uint8Array,
    Uint64Array,
)
from dedup.match.kinds import CORRECTION, CREDIT, DAY, NEGATION, OUTCOME
from dedup.text.words import hash_words

if TYPE_CHECKING:
    from dedup.text.lang import WordTables

#: What a unit makes of the number before it, by any of its forms.
MULTIPLES = {
    1e3: "000 тысяч тисяч хиляди thousand tysięcy tisíc tisoč tausend",
    1e6: "млн мільйонів мільенаў милиона million mln milionów milionů milijonov millionen",
    1e9: "млрд мільярдів мільярдаў милиарда billion bln bn miliardów miliard milijard milliarden",
    1e12: "трлн трильйонів trillion bilion",
}

#: All but the upper bits of a hash, by which most words are seen not to be listed.
LOWER_BITS = 48


class Lexicon(NamedTuple):
    """Listed words, ascending by hash; one value per word.

    `hashes` uint64; `values` float64: of a number in letters, NaN of others; `multiples` float64:
    factor, 0 where it is none; `names` uint64: the hash of the unit or thing it is a form of, else
    its own; `months` int64: from 1, 0 where it is none; `kinds` uint8: DAY, NEGATION, OUTCOME,
    CORRECTION and CREDIT (see `kinds`); `only`, `until`, `denial`, `agency`, `service`, `stock`
    bool.
    `outcomes` int64 [words + 1]: each word's part of `sides` int64: 2 x pair + side. `upper` bool
    [65,536]: which upper bits the hashes have.
    """

    hashes: Uint64Array
    values: Float64Array
    multiples: Float64Array
    names: Uint64Array
    months: Int64Array
    kinds: Uint8Array
    only: BoolArray
    until: BoolArray
    denial: BoolArray
    agency: BoolArray
    service: BoolArray
    stock: BoolArray
    outcomes: Int64Array
    sides: Int64Array
    upper: BoolArray


@built_table(Lexicon._make)
def lexicon() -> Lexicon:
    """The words of all languages."""
    from dedup.text.lang import LANGUAGES, tables

    joint = tables()
    multiples = _multiples(joint)
    corrections = _single(language.phrases.correction for language in LANGUAGES)
    credits = _single(language.phrases.credit for language in LANGUAGES)
    forms = sorted(
        {*joint.months, *joint.weekdays, *joint.numbers, *joint.units, *joint.negations}
        | {*joint.agencies, *joint.service, *joint.stock, *joint.outcomes, *multiples}
        | {*corrections, *credits, *joint.synonyms, *joint.denials, *joint.only, *joint.until}
    )
    listings = {
        DAY: {*joint.months, *joint.weekdays},
        NEGATION: {*joint.negations},
        OUTCOME: {form for form, sides in joint.outcomes.items() if sides},
        CORRECTION: corrections,
        CREDIT: credits,
    }
    names = {**joint.synonyms, **joint.units}
    hashes = hash_words(forms)
    order = np.argsort(hashes)
    forms, hashes = [forms[i] for i in order.tolist()], hashes[order]
    sides = [joint.outcomes.get(form, ()) for form in forms]
    upper = np.zeros(1 << 16, np.bool_)
    upper[hashes >> np.uint64(LOWER_BITS)] = True
    return Lexicon(
        hashes=hashes,
        values=np.array([joint.numbers.get(form, np.nan) for form in forms], np.float64),
        multiples=np.array([multiples.get(form, 0.0) for form in forms]),
        names=hash_words([names.get(form, form) for form in forms]),
        months=np.array([joint.months.get(form, 0) for form in forms], np.int64),
        kinds=_kinds(forms, listings),
        only=np.array([form in joint.only for form in forms], np.bool_),
        until=np.array([form in joint.until for form in forms], np.bool_),
        denial=np.array([form in joint.denials for form in forms], np.bool_),
        agency=np.array([form in joint.agencies for form in forms], np.bool_),
        service=np.array([form in joint.service for form in forms], np.bool_),
        stock=np.array([form in joint.stock for form in forms], np.bool_),
        outcomes=np.cumsum([0, *map(len, sides)]),
        sides=np.array([2 * n + side for pairs in sides for n, side in pairs], np.int64),
        upper=upper,
    )


def _kinds(forms: Sequence[str], listings: dict[int, set[str]]) -> Uint8Array:
    """uint8 [forms]: the kinds in whose listings each form stands."""
    kinds = [sum(kind for kind, of_kind in listings.items() if form in of_kind) for form in forms]
    return np.array(kinds, np.uint8)


def _single(phrases: Iterable[tuple[str, ...]]) -> set[str]:
    """The phrases of one word."""
    return {phrase for group in phrases for phrase in group if " " not in phrase}


def _multiples(joint: WordTables) -> dict[str, float]:
    listed = {form: value for value, forms in MULTIPLES.items() for form in forms.split()}
    named = {joint.units.get(form, form): value for form, value in listed.items()}
    return {form: named[name] for form, name in joint.units.items() if name in named} | listed
