"""What the program knows of languages: one module a language, all of one form.

The rules that compare texts ask the tables below, which join all languages. A word that means one
thing in one language and another in its neighbour stands in no joint table; `tables(code)`
has it. A text of a language without a module is judged by what needs no knowledge of its words.

To add a language: write a module like the others, and list it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from dedup.text.lang.be import BELARUSIAN
from dedup.text.lang.bg import BULGARIAN
from dedup.text.lang.cs import CZECH
from dedup.text.lang.de import GERMAN
from dedup.text.lang.en import ENGLISH
from dedup.text.lang.language import Language
from dedup.text.lang.pl import POLISH
from dedup.text.lang.ru import RUSSIAN
from dedup.text.lang.sl import SLOVENE
from dedup.text.lang.uk import UKRAINIAN

#: All languages that have a module. Their order counts only where two give a unit another name.
LANGUAGES: tuple[Language, ...] = (
    RUSSIAN,
    UKRAINIAN,
    BELARUSIAN,
    BULGARIAN,
    ENGLISH,
    POLISH,
    CZECH,
    SLOVENE,
    GERMAN,
)


class WordTables(NamedTuple):
    """What words mean, by their form in lower case (ё as е, no apostrophe in Cyrillic words).

    `months`: 1 to 12. `weekdays`: 1 (Monday) to 7. `numbers`: their value. `units`, `synonyms`:
    the form that stands for all forms of the unit or thing. `negations`, `only`, `until`,
    `denials`, `agencies`, `service` and `stock`: just the words. `outcomes`: the number of the pair
    of outcomes and the side, 0 or 1; one word may be of several pairs.
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    units: Mapping[str, str]
    synonyms: Mapping[str, str]
    negations: frozenset[str]
    only: frozenset[str]
    until: frozenset[str]
    denials: frozenset[str]
    agencies: frozenset[str]
    service: frozenset[str]
    stock: frozenset[str]
    outcomes: Mapping[str, tuple[tuple[int, int], ...]]


@lru_cache(maxsize=len(LANGUAGES) + 1)
def tables(code: str = "") -> WordTables:
    """The tables of one language, or of all together. KeyError: no language has this code."""
    if code:
        chosen = [{language.code: language for language in LANGUAGES}[code]]
    else:
        chosen = list(LANGUAGES)
    misleading = {word for language in chosen for word in language.misleading.split()}
    return WordTables(
        _agreed(_numbered(one.months) for one in chosen),
        _agreed(_numbered(one.weekdays) for one in chosen),
        _agreed((_by_form(one.numbers) for one in chosen), misleading),
        _named(one.units for one in chosen),
        _named(one.synonyms for one in chosen),
        frozenset(word for one in chosen for word in one.negations.split()),
        frozenset(word for one in chosen for word in one.only.split()),
        frozenset(word for one in chosen for word in one.until.split()),
        frozenset(word for one in chosen for word in one.denials.split()),
        frozenset(word for one in chosen for word in one.agencies.split()),
        frozenset(word for one in chosen for word in one.service.split()),
        frozenset(word for one in chosen for word in one.stock.split()),
        _outcomes(chosen),
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {form: row for row, forms in enumerate(names, 1) for form in forms.split()}


def _by_form(numbers: Mapping[int, str]) -> dict[str, int]:
    return {form: value for value, forms in numbers.items() for form in forms.split()}


def _agreed(
    parts: Iterable[Mapping[str, int]], misleading: Iterable[str] = ()
) -> Mapping[str, int]:
    """The forms on which all languages agree that have them."""
    joint: dict[str, int] = {}
    disputed = set(misleading)
    for part in parts:
        for form, value in part.items():
            if joint.setdefault(form, value) != value:
                disputed.add(form)
    return {form: value for form, value in joint.items() if form not in disputed}


def _named(languages: Iterable[tuple[str, ...]]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for groups in languages:
        for forms in groups:
            first = forms.split()[0]
            # "млн" stands for the Russian word in all languages that have it.
            name = next((names[form] for form in forms.split() if form in names), first)
            for form in forms.split():
                names.setdefault(form, name)
    return names


def _outcomes(languages: Iterable[Language]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    sides: dict[str, list[tuple[int, int]]] = {}
    pairs = [(pair, language.negating) for language in languages for pair in language.outcomes]
    for number, (pair, negating) in enumerate(pairs):
        both = (pair.one.split(), pair.other.split())
        for side, forms in enumerate(both):
            turned = [negating + form for form in both[1 - side]] if negating else []
            for form in dict.fromkeys(forms + turned):
                sides.setdefault(form, []).append((number, side))
    return {form: tuple(places) for form, places in sides.items()}
