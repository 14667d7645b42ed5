"""The story score's kernels against slow oracles, and what the score must order rightly."""

import pickle
from collections import Counter
from math import log, sqrt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.columns.hash_table import Lookup
from dedup.errors import SettingsError
from dedup.pipeline.prepare import derive
from dedup.story.kernels import shared_stems
from dedup.story.rarity import (
    MIN_COUNT,
    MIN_DOCUMENTS,
    RARITY_FLOOR,
    DocumentCounts,
    Rarity,
    stem_counts,
)
from dedup.story.score import (
    STORY_SCORE,
    STORY_WINDOW,
    TITLE_DAYS_APART,
    story_features,
    story_scores,
)
from dedup.story.sketch import (
    DAY,
    HEAD,
    HEAD_WORDS,
    LEAD,
    NAME,
    NAME_WEIGHT,
    TITLE,
    TITLE_DAY,
    TITLE_WEIGHT,
    UNKNOWN_TIME,
    Sketches,
    draft_sketches,
    join_drafts,
)
from dedup.story.stems import Vocabulary, stem_hash, stem_words
from dedup.text.codepoints import from_strings
from dedup.text.spelling import in_one_writing
from dedup.text.words import tokenise

HOUR = 3600

# Invented news: two wordings of one happening, then neighbours in topic.
BRIDGE = (
    "В Зареченске обрушился пешеходный мост через Каменку",
    "Пешеходный мост через реку Каменку рухнул в Зареченске утром 4 марта. По словам мэра "
    "Олега Дроздова, пострадали двое рабочих, движение перекрыто до конца недели.",
)
COLLAPSE = (
    "Двое рабочих пострадали при обрушении моста в Зареченске",
    "Мэр Зареченска Олег Дроздов рассказал о рухнувшем мосте: пешеходная переправа над "
    "Каменкой упала 4 марта во время ремонта, двух рабочих увезли в больницу.",
)
SCHOOL = (
    "В Зареченске открылась новая школа на 800 мест",
    "Мэр Олег Дроздов перерезал ленту у входа. Учиться здесь будут дети двух микрорайонов, "
    "в здании есть бассейн и обсерватория.",
)
HARVEST = (
    "Садоводы Приволья собрали рекордный урожай яблок",
    "Лето было тёплым, и хозяйства области сняли на треть больше плодов, чем годом раньше.",
)


def sketches(items, times=None, rarity=None):
    titles, texts = (pa.array(column, pa.string()) for column in zip(*items, strict=True))
    days = np.full(len(items), np.nan) if times is None else np.array(times) / 86400
    _, drafts = derive(titles, texts, days, Vocabulary())
    return drafts.weighed(rarity or Rarity.shipped())


def one_score(one, other, times=None):
    made = sketches([one, other], times)
    return float(story_scores(made, np.array([0]), np.array([1]))[0])


@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=300), st.data())
@settings(max_examples=50, deadline=None)
def test_lookup_is_a_dict(keys, data):
    table, oracle = Lookup(), {}
    cut = data.draw(st.integers(0, len(keys)))
    for part in (keys[:cut], keys[cut:]):
        values = range(len(oracle), len(oracle) + len(part))
        table.add(np.array(part, np.uint64), np.array(values, np.int32))
        oracle.update(zip(part, values, strict=True))
    asked = [*keys, 0, 1, 2**64 - 1]
    got = table.get(np.array(asked, np.uint64)).tolist()
    assert got == [oracle.get(key, -1) for key in asked]


def test_lookup_grows():
    keys = np.random.default_rng(1).integers(0, 2**64, 50_000, np.uint64)
    keys = np.unique(keys)
    table = Lookup()
    for part in np.array_split(np.arange(len(keys), dtype=np.int32), 7):
        table.add(keys[part], part)
    assert (table.get(keys) == np.arange(len(keys))).all()


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("рабочих", "рабоч"),
        ("жителями", "жител"),
        ("elections", "elect"),
        ("12-й", "12"),
        ("1,5", "1.5"),
        ("12-летний", "12-летн"),
        ("covid-19", "covid-19"),
        ("київський", "київський"),  # no Ukrainian stemmer is maintained
        ("straße", "straße"),
        ("新闻", "新闻"),
    ],
)
def test_stem(word, stem):
    assert stem_words([word]) == [stem]


def test_vocabulary_maps_words_to_stem_hashes():
    texts = from_strings(["Ёлки и ёлкам 5-м", "", "ELECTIONS"])
    words = tokenise(texts)
    vocabulary = Vocabulary()
    before = len(vocabulary)
    expected = stem_hash(stem_words(["елки", "и", "елкам", "5-м", "elections"]))
    assert (vocabulary.stem_hashes(words, texts) == expected).all()
    again = pickle.loads(pickle.dumps(vocabulary))
    assert (again.stem_hashes(words, texts) == expected).all()
    assert len(again) == len(vocabulary) == before + 5


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("Szef MSZ powiedział, że gazociąg nie jest dla Polski", "że nie jest dla"),
        (
            "На мосту було двоє робітників, також його від сьогодні закрито",
            "на було також його від",
        ),
        ("Премиерът обяви, че мостът ще се затваря през март", "че ще се през"),
        ("Most, který je v Zimově, byl také uzavřen", "který je v byl také"),
        ("Most, ki je v mestu, so zaprli zaradi poplave", "ki je v so zaradi"),
    ],
)
def test_function_words_of_any_language_weigh_nothing(text, function):
    batch = from_strings([text])
    words = tokenise(batch)
    rarity = Rarity.shipped().blend(
        np.array([1], np.uint32), np.array([MIN_COUNT]), 10 * MIN_DOCUMENTS
    )
    plain = [text[a:b].lower() for a, b in zip(words.begin, words.end, strict=True)]
    for known in (Rarity.shipped(), rarity):
        weights = known.weights(Vocabulary().stem_hashes(words, batch)).tolist()
        for word, weight in zip(plain, weights, strict=True):
            assert (weight == 0) >= (word in function.split()), word
        assert sum(weight > 4 for weight in weights) >= 3


def test_rarity_weights_and_blend():
    rarity = Rarity("x", 99, np.array([3, 7], np.uint32), np.array([9, 99]))
    got = rarity.weights(np.array([7, 3, 5], np.uint32))
    assert got == pytest.approx([0, log(10) - RARITY_FLOOR, log(100) - RARITY_FLOOR])
    few = rarity.blend(np.array([5], np.uint32), np.array([4]), MIN_DOCUMENTS - 1)
    assert few is rarity
    rows = np.array([5, 3, 8], np.uint32), np.array([10, 2, 1])  # one text is no evidence: 8
    more = rarity.blend(*rows, MIN_DOCUMENTS)
    assert more.version == f"x+{MIN_DOCUMENTS}"
    assert more.documents == 99 + MIN_DOCUMENTS
    assert dict(zip(more.stems.tolist(), more.counts.tolist(), strict=True)) == {
        3: 11,
        5: 10,
        7: 99,
    }
    turned = rarity.blend(rows[0][::-1], rows[1][::-1], MIN_DOCUMENTS)
    assert (turned.counts == more.counts).all()
    with pytest.raises(SettingsError, match="rising order"):
        Rarity("x", 9, np.array([7, 3], np.uint32), np.array([1, 1]))


def test_shipped_table_knows_common_words():
    rarity = Rarity.shipped()
    common, rare = rarity.weights(stem_hash(["в", "обсерватор"]))
    assert common == 0
    assert rare > 4


def test_document_counts_counts_items():
    made = sketches([("", "Мост мост мост"), ("", "Мост и река")])
    stems, counts = stem_counts(made.stems)
    got = dict(zip(stems.tolist(), counts.tolist(), strict=True))
    assert got == dict(zip(stem_hash(["мост", "и", "рек"]).tolist(), [2, 1, 1], strict=True))


@given(st.lists(st.lists(st.integers(0, 9)), max_size=6), st.integers(0, 12))
def test_counts_of_batches_are_those_of_all(batches, pending):
    counts = DocumentCounts()
    counts.PENDING = pending
    for batch in batches:
        counts.add(*stem_counts(np.array(batch, np.uint32)), len(batch))
    stems, found = counts.rows()
    expected = Counter(stem for batch in batches for stem in batch)
    assert dict(zip(stems.tolist(), found.tolist(), strict=True)) == expected
    assert stems.tolist() == sorted(expected)
    assert counts.documents == sum(map(len, batches))


def test_counts_of_drafts_are_whole_numbers_of_16_bits():
    """As such they stand in scratch files."""
    assert TITLE_WEIGHT.is_integer()
    assert NAME_WEIGHT.is_integer()
    assert LEAD * TITLE_WEIGHT * NAME_WEIGHT < 1 << 16


ALPHABET = ["мост", "Мост", "моста", "Каменка", "2024", "река.", "Она", "в", "и\nГород", "ship"]
TEXT = st.lists(st.sampled_from(ALPHABET), max_size=60).map(" ".join)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_sketch_is_what_a_loop_over_words_gives(items):
    texts = from_strings([f"{title}\n{body}".strip() for title, body in items])
    words = tokenise(texts)
    stems = Vocabulary().stem_hashes(words, texts)
    titles = np.diff(tokenise(from_strings([title for title, _ in items])).starts)
    times = np.full(len(items), UNKNOWN_TIME)
    made = draft_sketches(words, stems, titles, times).weighed(Rarity.shipped())
    for number, titular in enumerate(titles.tolist()):
        first, last = words.starts[number : number + 2]
        count, marks = Counter(), Counter()
        for place, stem in enumerate(stems[first:last].tolist()[:LEAD]):
            flags = int(words.flags[first + place])
            count[stem] += TITLE_WEIGHT if place < titular else 1
            name = NAME if flags & 2 and not flags & 8 else 0
            marks[stem] |= name | (TITLE if place < titular else 0)
            marks[stem] |= HEAD if place < titular + HEAD_WORDS else 0
        rows = slice(made.starts[number], made.starts[number + 1])
        assert made.stems[rows].tolist() == sorted(count)
        assert made.marks[rows].tolist() == [marks[stem] for stem in sorted(count)]
        rarity = Rarity.shipped().weights(np.array(sorted(count), np.uint32))
        expected = [
            count[stem] * rare * (NAME_WEIGHT if marks[stem] & NAME else 1)
            for stem, rare in zip(sorted(count), rarity.tolist(), strict=True)
        ]
        assert made.weights[rows].tolist() == pytest.approx(expected, rel=1e-5)


def test_what_a_title_is_less_what_does_not_count():
    body = "Мост через Каменку рухнул в Зареченске."
    given = ["Обвал", "Обвал https://novosti.example/most", "Мост через Каменку", ""]
    made = sketches([(title, body) for title in given])
    expected = ["обвал", "обвал", "мост через каменку", ""]
    for number, title in enumerate(expected):
        rows = slice(made.starts[number], made.starts[number + 1])
        titular = made.stems[rows][(made.marks[rows] & TITLE) > 0]
        assert sorted(titular.tolist()) == sorted(stem_hash(stem_words(title.split())).tolist())


@given(st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_features_are_what_sets_give(items):
    made = sketches(items)
    n = len(items)
    left, right = (column.ravel() for column in np.mgrid[:n, :n])
    got = story_features(made, left, right)
    rows = [
        {
            int(made.stems[e]): (float(made.weights[e]), float(made.rarity[e]), int(made.marks[e]))
            for e in range(made.starts[i], made.starts[i + 1])
        }
        for i in range(n)
    ]
    for pair, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        one, two = rows[a], rows[b]
        both = one.keys() & two.keys()

        def has(side, marks, among):
            return sum(side[s][1] for s in among if side[s][2] & marks == marks)

        norm = sqrt(sum(v[0] ** 2 for v in one.values()) * sum(v[0] ** 2 for v in two.values()))
        cosine = sum(one[s][0] * two[s][0] for s in both) / norm if norm else 0
        assert got.cosine[pair] == pytest.approx(cosine, abs=1e-4)
        titles = has(one, TITLE, one) + has(two, TITLE, two)
        found = has(one, TITLE, both) + has(two, TITLE, both)
        assert got.title[pair] == pytest.approx(found / titles if titles else 0, abs=1e-4)
        common = sum(one[s][1] for s in both if not (one[s][2] | two[s][2]) & (NAME | DAY))
        assert np.expm1(got.content[pair]) == pytest.approx(common, abs=1e-2)
        heads = {s for s in both if one[s][2] & two[s][2] & HEAD}
        named = sum(one[s][1] for s in heads if (one[s][2] | two[s][2]) & NAME)
        assert np.expm1(got.actors[pair]) == pytest.approx(named, abs=1e-2)
        rest = sum(one[s][1] for s in heads if not (one[s][2] | two[s][2]) & NAME)
        assert np.expm1(got.deeds[pair]) == pytest.approx(rest, abs=1e-2)
        days = [{s for s in side if side[s][2] & DAY} for side in (one, two)]
        expected = 1 if all(days) and not days[0] & days[1] else 0
        days = [{s for s in side if side[s][2] & TITLE_DAY} for side in (one, two)]
        if all(days) and not days[0] & days[1]:
            expected = TITLE_DAYS_APART
        assert got.apart[pair] == expected
        names = has(one, TITLE | NAME, one) + has(two, TITLE | NAME, two)
        shared = has(one, TITLE | NAME, both) + has(two, TITLE | NAME, both)
        if abs(names - shared) > 1e-3 or names == shared:
            assert got.form[pair] == (bool(days[0] & days[1]) and names > shared)


def test_shared_finds_every_common_stem_at_scale():
    rng = np.random.default_rng(5)
    sizes = rng.integers(0, 80, 200)
    starts = np.append(0, np.cumsum(sizes))
    stems = np.concatenate([np.sort(rng.choice(3000, k, replace=False)) for k in sizes])
    none = np.zeros(len(stems), np.float32)
    made = Sketches(
        starts,
        stems.astype(np.uint32),
        none,
        none,
        none.astype(np.uint8),
        np.full(200, UNKNOWN_TIME),
        np.zeros(200, np.bool_),
    )
    left, right = rng.integers(0, 200, (2, 500))
    pair, one, other = shared_stems(made, left, right)
    assert (made.stems[one] == made.stems[other]).all()
    for number in range(500):
        a, b = (
            set(stems[starts[i] : starts[i + 1]].tolist()) for i in (left[number], right[number])
        )
        assert set(made.stems[one[pair == number]].tolist()) == a & b


def test_same_story_in_other_words_is_found():
    assert one_score(BRIDGE, COLLAPSE) > STORY_SCORE
    for other in (SCHOOL, HARVEST):
        assert one_score(BRIDGE, other) < STORY_SCORE
        assert one_score(COLLAPSE, other) < STORY_SCORE


def test_score_is_symmetric_and_independent_of_the_batch():
    items = [BRIDGE, COLLAPSE, SCHOOL, HARVEST, ("", ""), ("", BRIDGE[1])]
    made = sketches(items)
    left, right = np.triu_indices(len(items), 1)
    scores = story_scores(made, left, right)
    assert (scores == story_scores(made, right, left)).all()
    parts = join_drafts([sketches(items[:2]), sketches(items[2:])])
    assert (scores == story_scores(parts, left, right)).all()
    turned = made.take(np.arange(len(items))[::-1])
    assert (scores == story_scores(turned, 5 - left, 5 - right)).all()


def test_sharing_only_a_person_is_no_story():
    one = ("", "Глава района Прохор Звягинцев открыл каток")
    other = ("", "Новую дорогу обещал Прохор Звягинцев")
    assert one_score(one, other) < STORY_SCORE
    assert one_score(("", "Это Прохор Звягинцев"), ("", "Вот Прохор Звягинцев")) == 0


def test_time_lowers_the_score_and_ends_it():
    near = one_score(BRIDGE, COLLAPSE, [0, HOUR])
    assert near == one_score(BRIDGE, COLLAPSE) == one_score(BRIDGE, COLLAPSE, [UNKNOWN_TIME, HOUR])
    assert near > one_score(BRIDGE, COLLAPSE, [0, 60 * HOUR]) > 0
    assert one_score(BRIDGE, COLLAPSE, [0, STORY_WINDOW + 1]) == 0
    assert one_score(BRIDGE, COLLAPSE, [0, 10**10]) == 0  # centuries: no overflow


def test_the_nearer_in_time_the_likelier_and_six_hours_say_nothing():
    noon = 12 * HOUR + 1
    scores = [one_score(BRIDGE, COLLAPSE, [noon, noon + h * HOUR]) for h in (0, 1, 6, 24, 60)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert scores[2] == one_score(BRIDGE, COLLAPSE)


@pytest.mark.parametrize(
    ("title", "days", "text"),
    [
        ("Прогноз погоды в Зареченске на {}", ("8 марта", "9 марта", "08.03"),
         "{} в Зареченске облачно, днём до 5 градусов, ветер с Каменки."),
        ("Winterholm horoscope for {}", ("May 2", "May 3", "2 May"),
         "What the stars of Winterholm have in store for Leo and Virgo on {}."),
        ("Prognoza pogody w Zimogrodzie na {}", ("8 marca", "9 marca", "08.03"),
         "{} w Zimogrodzie pochmurno, wiatr znad rzeki, do pięciu stopni."),
    ],
)  # fmt: skip
def test_titles_that_name_other_days_tell_other_stories(title, days, text):
    first, second, again = ((title.format(day), text.format(day)) for day in days)
    assert one_score(first, again) > 0.5
    assert one_score(first, second) == 0


@pytest.mark.parametrize(
    ("title", "text", "days"),
    [
        ("В Зареченске обрушился мост", "Мост через Каменку упал {}, двух рабочих увезли.",
         ("4 марта", "04.03", "19 марта")),
        ("Bridge in Winterholm falls", "The bridge fell on {}; two workers went to hospital.",
         ("March 4", "4 March", "March 19")),
        ("W Zimogrodzie runął most", "Most runął {}, dwóch robotników trafiło do szpitala.",
         ("4 marca", "04.03", "19 marca")),
    ],
)  # fmt: skip
def test_other_days_speak_against_one_story(title, text, days):
    first, again, other = ((title, text.format(day)) for day in days)
    assert one_score(first, other) < one_score(first, again)


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("Сегодня погода в городе {} на 8 марта", ("Зареченск", "Приволье")),
        ("The weather in {} for March 8", ("Winterholm", "Larkspur")),
        ("Jaka pogoda w mieście {} na 8 marca", ("Zimogród", "Jasnowo")),
    ],
)
def test_one_form_filled_for_two_places_is_two_stories(title, places):
    text = "{}: 8 марта, March 8, 8 marca."
    first, second = ((title.format(place), text.format(place)) for place in places)
    assert one_score(first, second) < STORY_SCORE
    assert one_score(first, first) > 0.5


def test_who_is_named_first_tells_more_than_who_is_mentioned():
    filler = "Работы на переправе шли третий месяц и должны были кончиться к весне. " * 6
    telling = "Пешеходный мост упал утром, рабочих увезли в больницу, сообщил мэр Олег Дроздов."
    mention = "Пешеходный мост упал утром, рабочих увезли в больницу. {} Это слова Олега Дроздова."
    near = one_score(("Мост упал", telling), ("Мост рухнул", mention.format("")))
    assert near > one_score(("Мост упал", telling), ("Мост рухнул", mention.format(filler)))


def test_a_date_alone_is_no_hour():
    unknown = one_score(BRIDGE, COLLAPSE)
    for times in ([0, 0], [0, HOUR], [24 * HOUR, 24 * HOUR], [0, 6 * HOUR]):
        assert one_score(BRIDGE, COLLAPSE, times) == unknown
    assert one_score(BRIDGE, COLLAPSE, [0, 24 * HOUR]) < unknown


def test_a_teaser_that_lacks_the_names_of_a_title_tells_another_story():
    lead = "Двух рабочих увезли в больницу, пешеходный мост упал во время ремонта."
    titles = ("Пешеходный мост упал в Зареченске", "Пешеходный мост упал")
    with_name, without = (one_score((title, BRIDGE[1]), ("", lead)) for title in titles)
    assert with_name < without


def test_nothing_gives_nothing():
    made = sketches([("", ""), ("", "")])
    none = np.zeros(0, np.int64)
    assert story_scores(made, np.array([0]), np.array([1])).tolist() == [0]
    assert len(story_scores(made, none, none)) == 0


@given(
    st.permutations(["в 03 часа", "в 3 часа", "3 марта", "03.03.2025", "5 мин", "5 минут", "2025"])
)
@settings(max_examples=30, deadline=None)
def test_stems_do_not_depend_on_which_spelling_comes_first(texts):
    def stems(order):
        vocabulary, known = Vocabulary(), {}
        for text in order:
            batch = from_strings([text])
            cut = in_one_writing(tokenise(batch), batch)
            known[text] = vocabulary.stem_hashes(cut, batch).tolist()
        return known

    assert stems(texts) == stems(sorted(texts))
