"""Names of months and weekdays, to read dates by.

Those of `dedup.text.lang` come first. For other languages, and for short forms, those of Unicode's
CLDR are asked, through Babel: they load at the first word that is not known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from dedup.text.lang import tables

#: Croatian is not among them: its "listopad" is October, in Polish and Czech November. Nor are
#: languages whose news counts years otherwise, such as Thai and Persian.
_LOCALES = (
    *("ar", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hu", "it"),
    *("lt", "lv", "mk", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sr_Latn"),
    *("sv", "tr", "uk"),
)
_SHORTEST = 3


@lru_cache(maxsize=4096)
def month_of(word: str) -> int:
    """The month that a word in small letters names, from 1; 0 if it names none, or several."""
    known = tables().months.get(word.replace("ё", "е"), 0)
    return known or _more_months().get(_plain(word), 0)


@lru_cache(maxsize=4096)
def is_weekday(word: str) -> bool:
    """Does a word in small letters name a day of the week?"""
    if word in _weekdays() or word in tables().months:
        return word in _weekdays()
    return _plain(word) in _more_weekdays()


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    """Names of weekdays and their usual short forms."""
    short = "sat sun пн вт ср чт пт сб вс нд po út st čt pá so ne wt śr czw pt sob pon sre čet pet"
    return frozenset((*tables().weekdays, *short.split(), "mo", "di", "mi", "do", "fr", "sa"))


def _plain(word: str) -> str:
    """A word without full stop and accents, which capitals often lack."""
    marked = unicodedata.normalize("NFD", word.rstrip("."))
    plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return plain.replace("ı", "i").replace("ς", "σ")


@lru_cache(maxsize=1)
def _more_months() -> Mapping[str, int]:
    from babel.dates import get_month_names

    months: dict[str, int] = {}
    disputed = set()
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for month, name in get_month_names(width, context, locale).items():
                    form = _plain(name.lower())
                    if months.setdefault(form, month) != month:
                        disputed.add(form)
    return {
        form: month
        for form, month in months.items()
        if len(form) >= _SHORTEST and form not in disputed
    }


@lru_cache(maxsize=1)
def _more_weekdays() -> frozenset[str]:
    from babel.dates import get_day_names

    return frozenset(
        _plain(name.lower())
        for locale in _LOCALES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", locale).values()
        if not month_of(name.lower())
    )
