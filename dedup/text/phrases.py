"""Patterns and marks of stock phrases, made from those of the language modules.

A pattern is written in what Python's `re` and RE2 have in common; see `boilerplate_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dedup.text.lang import LANGUAGES
from dedup.text.lang.language import Phrases

#: White space inside a line.
SPACES = " \t\u00a0\u202f\u2009"
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


def beginnings(listed: Iterable[str]) -> str:
    """A pattern of words that begin so, in small letters or with a capital, behind a space."""
    return f'[{SPACES}«"(@]' + either_case(listed)


def marks_in_either_case(listed: Iterable[str]) -> tuple[str, ...]:
    """Strings of which each match of `either_case` holds one: the longest word of each phrase."""
    marks: dict[str, None] = {}
    for phrase in listed:
        first, *others = phrase.split(" ")
        longest = max(others, key=len, default="")
        if len(longest) >= max(len(first), _TELLING):
            marks[longest] = None
        elif len(first) > _TELLING:
            marks[first[1:]] = None
        else:
            marks |= dict.fromkeys((first, _capital(first)))
    return tuple(marks)


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
    return phrase.replace(".", "[.]").replace("+", "[+]").replace(" ", f"[{SPACES}]")
