"""What the rules of `rules` ask of a pair, each for all pairs at once: bool [pairs].

Examples stand as comments: the shorter text, a bar, the longer.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import BoolArray, Float64Array
from dedup.match.features import Features
from dedup.match.retelling import cover, longer_share, retold_at_once, retold_in_brief, reworded
from dedup.match.thresholds import Thresholds


def _apart(f: Features, days: float) -> BoolArray:
    out: BoolArray = np.nan_to_num(f.days, nan=0.0) > days
    return out


def too_little(f: Features, t: Thresholds) -> BoolArray:
    out: BoolArray = (f.containment < t.min_containment) & ~reworded(f, t) & ~_retold(f, t)
    return out


def _retold(f: Features, t: Thresholds) -> BoolArray:
    return retold_at_once(f, t) | retold_in_brief(f, t)


def _one_form(f: Features, t: Thresholds) -> BoolArray:
    out: BoolArray = (cover(f) >= t.form) & (f.long <= t.size * f.short)
    return out


def alert_again(f: Features, t: Thresholds) -> BoolArray:
    # В Шереметьево введен план «Ковер» - and again a month later
    # Штормовое предупреждение! - longer, but word for word the same from the same source
    # Сегодня День космонавтики - word for word the same from the same source a year later
    alert = (f.long < t.alert) | (f.same_source & (f.long < t.notice) & f.same_words)
    again = f.same_source & f.same_words & _apart(f, t.again)
    return (cover(f) >= t.form) & ((alert & _apart(f, t.later)) | again)


def same_words(f: Features, t: Thresholds) -> BoolArray:
    return f.same_words


def turned(f: Features, t: Thresholds) -> BoolArray:
    # found guilty | found not guilty · Пропала девочка | Пропавшая девочка найдена
    # Алданд обвинил Борвег | Борвег обвинил Алданд
    # Stal pokonała Wisłę | Wisła pokonała Stal: other names in each slot, and no name is own
    swapped = (f.name_slots >= 2) & (f.own_names_short + f.own_names_long == 0)
    swapped &= f.short <= t.paragraph
    out: BoolArray = f.turned | (f.negations > 0) | (f.swapped > 0) | swapped
    # Кислород закончился, сообщили пациенты | Врач опроверг, что закончился: a denial repeats what
    # it denies
    out |= f.denied & (f.short <= t.paragraph) & (cover(f) < t.whole)
    # Седова признала вину | Седова вину не признаёт
    out |= f.negated & (f.short <= t.paragraph)
    return ((cover(f) >= t.form) | _retold(f, t)) & out


def corrected(f: Features, t: Thresholds) -> BoolArray:
    # закроют на восемнадцать месяцев | закроют на восемь месяцев. Исправлено: ...
    out: BoolArray = (cover(f) >= t.form) & f.corrected
    return out


def foreign_head(f: Features, t: Thresholds) -> BoolArray:
    # Как город перешёл на солнце / Материал доступен подписчикам | Почему подорожали яйца / ...
    out: BoolArray = f.foreign_head & (f.same_source | ~f.known_sources)
    return out


def other_numbers(f: Features, t: Thresholds) -> BoolArray:
    # Курс доллара 97,6, евро 103,9 | Курс доллара 96,5, евро 104,6
    most = (2 * f.own_numbers_short >= f.numbers_short) & (2 * f.own_numbers_long >= f.numbers_long)
    several = (f.own_numbers_short >= 2) & (f.own_numbers_long >= 2) & (f.number_slots >= 1)
    dense = t.dense * f.own_numbers_short >= f.short
    return _one_form(f, t) & most & several & dense & ~_reported_twice(f, t)


def _reported_twice(f: Features, t: Thresholds) -> BoolArray:
    # 138,5 млн масок, пишет «Заря» | within hours, «Маяк»: 138 миллионов 500 тысяч масок
    # and a long report that another has with newer figures
    again = (cover(f) < t.covered) & (f.days <= t.edition)
    again |= (cover(f) >= t.updated) & ~_apart(f, t.edition)
    return again & (f.short >= t.paragraph) & ~f.same_source


def other_edition(f: Features, t: Thresholds) -> BoolArray:
    # Курс доллара на сегодня: 97,6 | the next day: 98,1
    later = _apart(f, t.edition)
    return _one_form(f, t) & _all_numbers(f) & (f.short < t.paragraph) & later


def other_count(f: Features, t: Thresholds) -> BoolArray:
    # Сбиты три беспилотника, летевших на Москву | Сбиты восемь беспилотников, летевших на Москву
    # County Lane 2210 runs through Bexley | County Lane 2211 runs through Bexley
    anew = (f.rounded > 0) & (f.same_source | ~f.known_sources)
    numbers = _all_numbers(f) | (f.number_slots > 0) | anew
    return _one_form(f, t) & numbers & (f.long < t.alert)


def _all_numbers(f: Features) -> BoolArray:
    differ: BoolArray = (f.own_numbers_short - f.rounded >= f.numbers_short) & (
        f.own_numbers_long - f.rounded >= f.numbers_long
    )
    return differ & (f.numbers_short >= 1) & (f.numbers_long >= 1)


def another_day(f: Features, t: Thresholds) -> BoolArray:
    # Погода в Уфе 3 мая | Погода в Уфе 4 мая · Программа на вторник | Программа на среду
    named = f.other_day & (cover(f) < t.whole)
    return _one_form(f, t) & (named | (f.day_slots > 0)) & _apart(f, t.edition)


def other_names(f: Features, t: Thresholds) -> BoolArray:
    # Пожар в жилом доме в Твери потушен | Пожар в жилом доме в Туле потушен
    own_short, own_long = f.short - f.common, f.long - f.common
    named = (2 * f.own_names_short >= own_short) & (2 * f.own_names_long >= own_long)
    both = (f.own_names_short >= 1) & (f.own_names_long >= 1)
    brief = (f.long < t.notice) & named
    # Спират водата на улица Раковска | Спират водата на улица Шипка, ще има цистерна
    brief |= (f.short < t.few) & (f.long < t.alert) & (f.name_slots > 0)
    # The weather in another town: a source does not reprint itself with another name.
    again = f.same_source & (f.name_slots > 0) & (f.short <= t.paragraph) & _apart(f, t.edition)
    return (cover(f) >= t.form) & both & (brief | again)


def other_subject(f: Features, t: Thresholds) -> BoolArray:
    # Margaret Ellis, 81, of Milford ... | Donald Pruitt, 74, of Easton ...: one form, long filled
    # Требуется водитель ... от 90 000 рублей | the same firm: Требуется пекарь ... от 65 000 рублей
    facts = f.name_slots + f.number_slots
    filled = (facts >= 3) & (t.named * facts >= f.short)
    changed = (t.paragraph * f.number_slots >= f.short) & (f.number_slots > 0)
    changed &= f.name_slots + f.word_slots > 0
    later = _apart(f, t.later) & (f.number_slots > 0)
    by_source = f.same_source | ~f.known_sources
    anew = (filled & (by_source | _apart(f, t.edition))) | (changed & by_source) | later
    anew &= ~_reported_twice(f, t)
    return _one_form(f, t) & (anew | _same_rest(f, t))


def _same_rest(f: Features, t: Thresholds) -> BoolArray:
    # Hartwell sucht einen Elektriker in Oberau | Kelso sucht einen Staplerfahrer in Ashby
    # Фабрике «Заря» требуется наладчик. Оплата ... | Автобазе требуется сварщик. Оплата ...
    # Who reports the same event in other words seldom has all else word for word.
    others = np.minimum(f.own_names_short, f.own_names_long)
    other = (f.name_slots >= 2) & (others >= 2)
    other |= (f.name_slots >= 1) & (f.own_sentences > 0) & (f.own_sentences_long > 0)
    out: BoolArray = other & (f.containment >= t.rest) & (f.short <= t.notices)
    return out


def other_instance(f: Features, t: Thresholds) -> BoolArray:
    # what is shared is a form that recurs over days, and something else stands in it
    share = f.recurring / np.maximum(f.covered, 1)
    fresh = (f.covered - f.recurring) / np.maximum(f.short, 1)
    # One text may be reprinted for days, but by a source only once.
    anew = _apart(f, t.edition) & (f.same_source | ~f.known_sources)
    facts = (f.own_numbers_short + f.own_names_short + f.number_slots + f.name_slots) > 0
    form = (share >= t.recurring) & (fresh < t.fresh)
    out: BoolArray = (f.shared > 0) & form & (facts | anew)
    return out


def long_after(f: Features, t: Thresholds) -> BoolArray:
    # Сегодня ожидается гололедица - reworded, weeks later: it holds again
    # but a long text that differs in a caption is the same text, and so is one with several figures
    # that stands in the other word for word: it was published again with the outcome added
    whole = (cover(f) >= t.whole) & (f.short >= t.paragraph)
    whole |= (f.covered == f.short) & (f.numbers_short >= t.several) & (f.own_numbers_short == 0)
    # A column of a paper comes again a week later, to the hour.
    later = _apart(f, t.weeks) | (f.same_source & _apart(f, t.column))
    return _one_form(f, t) & later & ~f.same_words & ~whole


def own_passage(f: Features, t: Thresholds) -> BoolArray:
    # two reports on one election with the same long background
    words = f.own_sentence_words
    paragraph = (f.passage >= t.paragraph) & (words >= t.said)
    sentences = (words >= t.said) & (words >= t.own_share * f.filled)
    sentences |= (words >= t.own_words) & (words >= t.own_share_long * f.filled)
    # one long sentence is a fact of its own, however long the rest is; a shorter one is, if it was
    # put into the text: nothing of it stands in the longer, so it is not there in other words
    fact = (f.own_sentence_most >= t.own_fact) | (f.own_added >= t.own_added)
    fact |= f.own_remark >= t.own_remark
    return (f.shared >= t.passage) & (paragraph | sentences | fact)


def own_quotation(f: Features, t: Thresholds) -> BoolArray:
    # ... „Bolelo mě rameno a chtěl jsem to vzdát,“ přiznal. | the same report without him
    # - Slibům nevěříme, uvedl předák. · «Стадион не снесут», — сказал мэр
    said = (f.own_quoted >= t.quoted) & (t.detail * f.own_quoted >= f.filled)
    return (f.shared >= t.passage) & said


def own_facts(f: Features, t: Thresholds) -> BoolArray:
    # ... Вхід 120 гривень, для школярів 40. | the same report without what it costs
    # ... Kandydują: Rak, Tur, Wilk i Sroka. | the same report without their names
    facts = (f.own_figures >= t.own_numbers) | (f.own_entries >= t.entries)
    return (f.shared >= t.passage) & facts & (f.short < t.article)


def sentences_on_both_sides(f: Features, t: Thresholds) -> BoolArray:
    # one frame of a dialogue around two topics; nobody says who wrote them, or when
    each = (f.own_sentences > 0) & (f.own_sentences_long > 0)
    return ~f.known_sources & each & (f.own_sentence_words >= t.said)


def own_notice(f: Features, t: Thresholds) -> BoolArray:
    # Три беспилотника сбиты над Коломной | half an hour later: Восемь сбиты над Раменским
    # FUNDSTONE GROWTH SETS PAYOUT ... | the same table under FUNDSTONE INCOME SETS PAYOUT
    # Жену мэра отпустили под домашний арест | the day before: Жену мэра подозревают в растрате
    changed = np.minimum(f.short - f.common, f.long - f.common)
    slot = (f.long < t.alert) & (f.word_slots + f.name_slots >= 1)
    anew = (f.long < t.notice) & (changed >= 2)
    later = (f.short < t.paragraph) & (changed >= 3) & _apart(f, t.edition) & (cover(f) < t.whole)
    out: BoolArray = (cover(f) >= t.form) & f.same_source & (slot | anew | later)
    # Подняли 21 горняка из 28 | hours later: Подняли 24 горняка из 28
    newer = _one_form(f, t) & f.same_source & (f.number_slots >= 1) & _apart(f, t.at_once)
    # «Теплоресурс» отвечает ... and the background | a week before: the article that it answers
    lead = f.same_source & (f.own_sentence_words >= t.said) & _apart(f, t.edition)
    lead &= (f.shared >= t.passage) & (cover(f) < t.whole)
    return out | newer | lead


def newer_figures(f: Features, t: Thresholds) -> BoolArray:
    # At least 34 people died in the quake | a day later, all else the same: at least 91 died
    # Within half a day it is the same news with a figure brought up to date. What has changed
    # stands in headline and lead; one figure in a long text may be anything.
    newer = (f.number_slots >= 2) & (f.absent_numbers >= 1) & (f.rounded == 0)
    newer &= t.paragraph * f.number_slots >= f.short
    out: BoolArray = _one_form(f, t) & newer & _apart(f, t.edition)
    return out


def other_fact(f: Features, t: Thresholds) -> BoolArray:
    # Клуб подписал 29-летнего Фёдора Малых | the same club's note on 31-летний Ян Дубинь
    other = (f.own_numbers_short - f.cut_number >= 1) & (f.own_names_short >= 2)
    other &= (f.own_numbers_long >= 1) & (f.own_last > t.ending)
    # where most is shared: two that share a stock phrase only have nothing in common
    # Погибший назван: Иван Тулин, 67 лет ... | the day before: a man died, nobody knows who
    brief = (f.short < t.notice) | ((f.short < t.paragraph) & _apart(f, t.edition))
    return brief & (cover(f) < t.whole) & (cover(f) >= t.form) & other


def own_figures(f: Features, t: Thresholds) -> BoolArray:
    # Сбиты три беспилотника | a longer report on the whole night: Сбиты двадцать два беспилотника
    # a table whose lower half has no figures yet | the whole table
    figures = f.own_numbers_short - f.rounded - f.cut_number
    alert = (
        (f.short < t.alert) & (figures >= np.maximum(f.numbers_short, 1)) & (f.own_numbers_long > 0)
    )
    table = (figures >= t.figures) & (t.table * figures >= f.short)
    out: BoolArray = alert | table
    return out


def least_score(f: Features, t: Thresholds) -> Float64Array:
    """The removal score from which the shorter item may go, float64 [pairs]."""
    least = np.where(f.short < t.few, t.removal_few, t.removal)
    least = np.where(f.own_sentence_words >= t.own_said, t.removal_own, least)
    out: Float64Array = np.where(f.containment < t.little, t.removal_little, least)
    return out


def may_go(f: Features, t: Thresholds, score: Float64Array) -> BoolArray:
    out: BoolArray = (score >= least_score(f, t)) & ~_met_by_chance(f, t) & ~_other_news(f, t)
    return (out & ~_days_after(f, t)) | _retold(f, t)


def _met_by_chance(f: Features, t: Thresholds) -> BoolArray:
    # К 12 августа эпидемия завершится | a long report on the forecast before: к 8 августа
    far = (f.short < t.notice) & (f.long > t.far * f.short)
    runs = (f.containment >= t.runs) | ((f.last >= t.teaser) & (3 * f.own_last <= f.last))
    # Ограничения в аэропорту введены | two hours later: Ограничения в аэропортах сняты
    posts = (f.long < t.notice) & (f.containment < t.little)
    out: BoolArray = (far & ~runs) | posts
    return out


def _other_news(f: Features, t: Thresholds) -> BoolArray:
    # Биткойн рухнул на новостях о введении военного положения | what a party says of the same law
    out: BoolArray = (f.short < t.paragraph) & (f.missing > t.unsaid * f.filled)
    return out


def _days_after(f: Features, t: Thresholds) -> BoolArray:
    # Дума приняла закон о штрафах | three days later: Президент подписал закон о штрафах
    # a failure on the same line of the metro, a month later
    # A short text that comes days later and in other words is a new report on its subject.
    out: BoolArray = (f.short < t.paragraph) & (cover(f) < t.covered) & _apart(f, t.later)
    return out


def alike(f: Features, t: Thresholds) -> BoolArray:
    # a longer text with a passage or sentence of its own is more than the shorter
    whole = (f.passage_long < t.sentences) & (f.own_sentence_words_long < t.said)
    return (longer_share(f) >= t.like) & whole


def shared_passage(f: Features, t: Thresholds) -> BoolArray:
    out: BoolArray = f.shared >= t.passage
    return out
