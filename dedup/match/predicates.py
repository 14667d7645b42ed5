"""What the rules of `relation` ask of a pair, each for all pairs at once: bool [pairs]."""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Float64Array
from dedup.match.features import Features

#: So much of the shorter stands in the longer (see `cover`): it tells nothing else.
COVERED = 0.58
#: From so much on only wording differs, whatever day or place is named.
WHOLE = 0.93
#: So much of the longer stands in the shorter: it has nothing considerable of its own.
LIKE = 0.65
#: So much of the longer's words, in any order: news of one topic share half at most.
REWORDED = 0.85
#: Words of an item that is a notice and not a story: two or three sentences.
NOTICE = 40
#: Words of an alert, one sentence or two: repeated days later, it tells of a new event.
ALERT = 30
#: Words of a passage that is content: two sentences; and a whole paragraph.
SENTENCES, PARAGRAPH = 30, 60
#: Days after which an alert in the same words is a new one; days that make another edition.
LATER, EDITION = 2.0, 0.5
#: Share of the shorter's shingles below which a pair is not looked at: by chance and by stock
#: phrases items share less.
MIN_CONTAINMENT = 0.15
#: Shared shingles that make a passage: a long sentence.
SHARED = 12
#: Cover from which two items are of one form.
FORM = 0.5
#: A source that repeats less than this of an older report of its own is reporting anew.
ANEW = 0.75
#: Words of a teaser's text, title and caption apart; those of its ending that a cut spoils.
TEASER, ENDING = 12, 2
#: An item of fewer words has each fact in one word, and must stand in the other by more.
FEW, COVERED_FEW = 20, 0.66
#: Two items of one form are of like length: the longer has at most so many times the words.
SIZE = 2
#: A form is filled with numbers: at least one own number in so many words.
DENSE = 30
#: In a text so many times as long a notice meets its words by chance. It is cut from there only if
#: so much of its shingles stands there, or all but so much of its text under its own title.
MANY, HALF, THIRD = 4, 1 / 2, 1 / 3


def cover(f: Features) -> Float64Array:
    """How much of the shorter stands in the longer, float64 [pairs] of 0 to 1.

    The mean of two views: its words, in any order (light rewording leaves most in place), and
    its shingles (words of one topic agree by chance, runs of words do not).
    """
    words = f.common / np.maximum(f.short, 1)
    out: Float64Array = (words + f.containment) / 2
    return out


def _longer_share(f: Features) -> Float64Array:
    out: Float64Array = f.common / np.maximum(f.long, 1)
    return out


def _apart(f: Features, days: float) -> BoolArray:
    out: BoolArray = np.nan_to_num(f.days, nan=0.0) > days
    return out


def too_little(f: Features) -> BoolArray:
    out: BoolArray = (f.containment < MIN_CONTAINMENT) & ~reworded(f)
    return out


def reworded(f: Features) -> BoolArray:
    # Во двор детского сада забрёл лось | Лось забрёл на двор сада: each sentence turned about
    return (_longer_share(f) >= REWORDED) & (f.short >= NOTICE)


def _one_form(f: Features) -> BoolArray:
    out: BoolArray = (cover(f) >= FORM) & (f.long <= SIZE * f.short)
    return out


def alert_again(f: Features) -> BoolArray:
    # В Шереметьево введен план «Ковер» - and again a month later
    # Штормовое предупреждение! - longer, but word for word the same from the same source
    alert = (f.long < ALERT) | (f.same_source & (f.long < NOTICE) & f.same_words)
    return (cover(f) >= FORM) & alert & _apart(f, LATER)


def same_words(f: Features) -> BoolArray:
    return f.same_words


def other_numbers(f: Features) -> BoolArray:
    # Курс доллара 97,6, евро 103,9 | Курс доллара 96,5, евро 104,6
    most = (2 * f.own_numbers_short >= f.numbers_short) & (2 * f.own_numbers_long >= f.numbers_long)
    several = (f.own_numbers_short >= 2) & (f.own_numbers_long >= 2)
    dense = DENSE * f.own_numbers_short >= f.short
    return _one_form(f) & most & several & dense & ~_reported_twice(f)


def _reported_twice(f: Features) -> BoolArray:
    # 138,5 млн масок, пишет «Заря» | within hours, «Маяк»: 138 миллионов 500 тысяч масок
    both_long = (f.short >= PARAGRAPH) & (cover(f) < COVERED)
    return both_long & ~f.same_source & (f.days <= EDITION)


def other_edition(f: Features) -> BoolArray:
    # Курс доллара на сегодня: 97,6 | the next day: 98,1
    return _one_form(f) & _all_numbers(f) & (f.short < PARAGRAPH) & _apart(f, EDITION)


def other_count(f: Features) -> BoolArray:
    # Сбиты три беспилотника, летевших на Москву | Сбиты восемь беспилотников, летевших на Москву
    return _one_form(f) & _all_numbers(f) & (f.long < ALERT)


def _all_numbers(f: Features) -> BoolArray:
    every: BoolArray = (f.own_numbers_short == f.numbers_short) & (
        f.own_numbers_long == f.numbers_long
    )
    return every & (f.numbers_short >= 1) & (f.numbers_long >= 1)


def other_day(f: Features) -> BoolArray:
    # Погода в Уфе 3 мая | Погода в Уфе 4 мая
    return _one_form(f) & (cover(f) < WHOLE) & f.other_day & _apart(f, EDITION)


def other_names(f: Features) -> BoolArray:
    # Пожар в жилом доме в Твери потушен | Пожар в жилом доме в Туле потушен
    own_short, own_long = f.short - f.common, f.long - f.common
    named = (2 * f.own_names_short >= own_short) & (2 * f.own_names_long >= own_long)
    some = (f.own_names_short >= 1) & (f.own_names_long >= 1)
    return (cover(f) >= FORM) & (f.long < NOTICE) & some & named


def own_notice(f: Features) -> BoolArray:
    # Три беспилотника сбиты над Коломной | half an hour later: Восемь сбиты над Раменским
    changed = (f.short - f.common >= 2) & (f.long - f.common >= 2)
    return (cover(f) >= FORM) & f.same_source & (f.long < NOTICE) & changed


def other_fact(f: Features) -> BoolArray:
    # Клуб подписал 29-летнего Фёдора Малых | the same club's note on 31-летний Ян Дубинь
    other = (f.own_numbers_short - f.cut_number >= 1) & (f.own_names_short >= 2)
    other &= (f.own_numbers_long >= 1) & (f.own_last > ENDING)
    # where it would go otherwise: two that share a stock phrase only have nothing in common
    return (f.short < NOTICE) & (cover(f) < WHOLE) & other & (contained(f) | cut_from(f))


def own_passage(f: Features) -> BoolArray:
    # two reports on one election with the same long background
    large = (f.passage >= SENTENCES) & (5 * f.passage >= f.short)
    return (f.shared >= SENTENCES - 2) & (large | (f.passage >= PARAGRAPH))


def retold(f: Features) -> BoolArray:
    # a longer text with a passage of its own is more than the shorter, and the one to keep
    return contained(f) & (_longer_share(f) >= LIKE) & (f.passage_long < SENTENCES)


def own_background(f: Features) -> BoolArray:
    # a report, and the next on the same affair an hour or two weeks later, ending in the same
    # background; but what is much longer on the same day is a summary that holds the report
    anew = _apart(f, LATER) | (f.long <= SIZE * f.short)
    return (f.shared >= SHARED) & (cover(f) < ANEW) & f.same_source & anew


def contained(f: Features) -> BoolArray:
    out: BoolArray = cover(f) >= np.where(f.short < FEW, COVERED_FEW, COVERED)
    return out & ~_met_by_chance(f)


def _met_by_chance(f: Features) -> BoolArray:
    # К 12 августа эпидемия завершится | a long report on the forecast before: к 8 августа
    far = (f.short < NOTICE) & (f.long > MANY * f.short)
    runs = (f.containment >= HALF) | ((f.last >= TEASER) & (f.own_last <= THIRD * f.last))
    return far & ~runs


def cut_from(f: Features) -> BoolArray:
    # Фото: Иван Кедрин / Мост открыт / В Заозёрске после ремонта открыли мост чер
    return (
        (f.short < PARAGRAPH)
        & (f.last >= TEASER)
        & (f.own_last <= ENDING)
        & (f.short - f.last <= f.last)
    )


def shared_passage(f: Features) -> BoolArray:
    return f.shared >= SHARED
