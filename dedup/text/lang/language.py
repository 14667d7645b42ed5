"""What the program knows of one language: the form that every module of this package fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: January to December, or Monday to Sunday: each the forms of one name, parted by spaces.
Names = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """Two outcomes of one affair that exclude each other, as "missing" and "found" do.

    `one` and `other` are the forms of their words, parted by spaces; all words are in lower case.
    """

    one: str
    other: str


def plans(*verbs: str) -> tuple[Outcome, ...]:
    """What will be done and what was done, as outcomes that exclude each other: "will vote" is
    another report than "voted". Each verb in the forms of the future, "|", in those of the past."""
    return tuple(Outcome(*map(str.strip, verb.split("|"))) for verb in verbs)


@dataclass(frozen=True)
class Phrases:
    """Stock phrases that speak of the site and not of the news, in lower case.

    A phrase is plain text; its first letter may be a capital where it is used. A space stands for
    one space, that may be one that does not break.
    """

    #: A reader is asked to subscribe. They count with one of `channels` behind them, or alone.
    subscribe: tuple[str, ...] = ()
    #: What a reader subscribes to: words, or their beginnings.
    channels: tuple[str, ...] = ()
    #: What leads to another article.
    more: tuple[str, ...] = ()
    #: What stands before a colon and a name: who wrote, drew or filmed.
    credit: tuple[str, ...] = ()
    #: What opens a sentence on what was reported before.
    earlier: tuple[str, ...] = ()
    #: What cookies and visitors' data are called.
    cookies: tuple[str, ...] = ()
    #: What a site does with cookies and a visitor with them: words, or their beginnings.
    cookie_use: tuple[str, ...] = ()
    #: What says that a text corrects an earlier one.
    correction: tuple[str, ...] = ()


@dataclass(frozen=True)
class Language:
    """One language. Words are in lower case, ё as е; forms of one word are parted by spaces."""

    #: ISO 639-1.
    code: str
    name: str
    #: Month names as they stand beside a day, abbreviations included; January first.
    months: Names
    #: Monday first.
    weekdays: Names
    #: Numbers in letters, by value. Not "one", which is a pronoun as often.
    numbers: Mapping[int, str]
    #: Units and multiples that stand beside numbers: the first form stands for all.
    units: tuple[str, ...]
    #: Words that turn a statement round.
    negations: str
    #: Words behind which a negation denies nothing: "not only".
    only: str
    outcomes: tuple[Outcome, ...]
    #: Agencies, papers and offices that say who reports, not what happened.
    agencies: str
    phrases: Phrases
    #: Names of one thing, as a word and its abbreviation: the first form stands for all.
    synonyms: tuple[str, ...] = ()
    #: Words by which a text says that a report is not true.
    denials: str = ""
    #: Words that are no news: they say who reported and where, or stand on buttons and forms.
    service: str = ""
    #: Words of four letters and more that alone say nothing, and those of stock sentences as "the
    #: circumstances are being established".
    stock: str = ""
    #: The beginning of a word that turns its outcome round: Czech "schválil", "neschválil".
    negating: str = ""
    #: Words that begin a clause in which a negation denies nothing: Russian "пока не назначен" is
    #: "until one is named".
    until: str = ""
    #: How capital letters are used, where that differs from a capital for names only.
    capitals: str = ""
    #: Forms of other languages here that mean something else in this one.
    misleading: str = field(default="")
