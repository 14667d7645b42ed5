"""Patterns and marks of stock phrases, made from those of the language modules.

A pattern is written in what Python's `re` and RE2 have in common; see `boilerplate_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dedup.text.lang import LANGUAGES
from dedup.text.lang.language import Phrases

#: White space inside a line.
SPACES = " \t\u00a0\u202f\u2009"
#: What may stand between two words of a phrase.
_BETWEEN = " \u00a0"
#: A mark of this many letters is rare enough to do without the first letter of its phrase.
_TELLING = 4


def phrases(kind: Callable[[Phrases], Iterable[str]]) -> list[str]:
    """The phrases of one kind of all languages, each once, longer ones first."""
    joint = {phrase for language in LANGUAGES for phrase in kind(language.phrases)}
    return sorted(joint, key=lambda phrase: (-len(phrase), phrase))


def either_case(listed: Iterable[str]) -> str:
    """A pattern of the phrases, each with a small first letter or a capital one."""
    return _any(f"[{_initials(phrase)}]{_spaced(phrase[1:])}" for phrase in listed)


def capitalised(listed: Iterable[str]) -> str:
    """A pattern of the phrases, each with a capital first letter or in capitals all through."""
    return _any(_spaced(form) for phrase in listed for form in (_capital(phrase), phrase.upper()))


def headed(listed: Iterable[str]) -> list[str]:
    """Phrases of several words as headings write them: each word with a capital, or in capitals."""
    several = [phrase for phrase in listed if " " in phrase]
    title = [" ".join(map(_capital, phrase.split(" "))) for phrase in several]
    return list(dict.fromkeys([*title, *(phrase.upper() for phrase in several)]))


def as_they_stand(listed: Iterable[str]) -> str:
    """A pattern of the phrases in just these letters."""
    return _any(map(_spaced, listed))


def marks_as_they_stand(listed: Iterable[str]) -> tuple[str, ...]:
    """Strings of which each match of `as_they_stand` is one."""
    return tuple(dict.fromkeys(form for phrase in listed for form in _with_spaces(phrase)))


def beginnings(listed: Iterable[str]) -> str:
    """A pattern of words that begin so, in small letters or with a capital, behind a space."""
    return f'[{SPACES}«"(@]' + either_case(listed)


def marks_in_either_case(listed: Iterable[str]) -> tuple[str, ...]:
    """Strings of which each match of `either_case` holds one: the phrases less their first letters,
    with each space that they may have; a short word in both cases."""
    marks: dict[str, None] = {}
    for phrase in listed:
        whole = (phrase[1:],) if len(phrase) > _TELLING else (phrase, _capital(phrase))
        for form in whole:
            marks |= dict.fromkeys(_with_spaces(form))
    return tuple(marks)


def _with_spaces(phrase: str) -> list[str]:
    first, *others = phrase.split(" ")
    forms = [first]
    for word in others:
        forms = [f"{form}{space}{word}" for form in forms for space in _BETWEEN]
    return forms


def marks_capitalised(listed: Iterable[str]) -> tuple[str, ...]:
    """Strings of which each match of `capitalised` holds one."""
    firsts = [phrase.split(" ")[0] for phrase in listed]
    return tuple(dict.fromkeys(form for one in firsts for form in (_capital(one), one.upper())))


def _any(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(dict.fromkeys(patterns)) + ")"


def _capital(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:]


def _initials(phrase: str) -> str:
    return "".join(dict.fromkeys((phrase[0].upper(), phrase[0])))


def _spaced(phrase: str) -> str:
    return phrase.replace(".", "[.]").replace("+", "[+]").replace(" ", f"[{_BETWEEN}]")
