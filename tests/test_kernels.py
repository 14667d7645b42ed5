"""The compiled loops and the array operations that they stand for give the same answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from repository import CORPUS

import dedup
from dedup.columns import hash_table, ragged
from dedup.columns import kernels as column_kernels
from dedup.columns.arrow import first_characters
from dedup.index import bucket_kernels, buckets, key_ranges, minhash, postings, shingles, winnowing
from dedup.index import kernels as index_kernels
from dedup.match import compare, features, word_kernels
from dedup.match import kernels as match_kernels
from dedup.match.facts import word_facts
from dedup.pipeline import kernels as pipeline_kernels
from dedup.pipeline import repeated_lines
from dedup.pipeline.prepare import ItemWords
from dedup.story import kernels as story_kernels
from dedup.story.sketch import DAY, HEAD, NAME, TITLE, TITLE_DAY, UNKNOWN_TIME, Sketches
from dedup.text import (
    decoding_kernels,
    mark_kernels,
    normalise,
    prefilter,
    spelling,
    spelling_kernels,
    words,
)
from dedup.text import word_kernels as cutting_kernels
from dedup.text.codepoints import from_strings

pytestmark = pytest.mark.skipif(column_kernels.loops is None, reason="installed without a compiler")

#: What cutting and normalising look at, and letters that are odd in some way.
MARKS = st.sampled_from(
    [
        *"аБёЖxYzcM019 -–—‑−_.,/\\!?…:;()[]*«»\"'№%ΔβΣςſKİıᲀ²½日й",
        *"\n\t\u00a0\u0301\u0306\u00ad\ufe0f",
        *("yahoo", "Yahoo", "yahoo!!", "  - ", "𝒜", "е\u0301", "и\u0306", "\u1161", "😀"),
        *"本ผกー。，%$€'’ʼоoοаaαћј1,:２ｶﾞßﬁ\u0e31\u0e48\u064b\u05b0ا",
    ]
)
TEXTS = st.lists(
    st.one_of(st.text(st.characters(codec="utf-8"), max_size=60), st.lists(MARKS).map("".join)),
    max_size=6,
)


@contextmanager
def arrays(*modules: ModuleType) -> Iterator[None]:
    """With the array operations of these `kernels` modules in place of the compiled loops."""
    before = [(module, dict(vars(module))) for module in modules]
    for module, names in before:
        for name in names:
            if name.endswith("_numpy"):
                setattr(module, name.removesuffix("_numpy"), names[name])
        if "_numpy" not in " ".join(names):
            module.loops = None
    try:
        yield
    finally:
        for module, names in before:
            vars(module).update(names)


def same(found: tuple[np.ndarray, ...], expected: tuple[np.ndarray, ...]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([b"#", b"](", b"# ", b"www.", "итайте".encode(), b"\xf0\x9f"]), max_size=5
    ),
    st.lists(
        st.sampled_from(["#", "](", " ", "www", ".", "Чит", "айте", "\n", "😀", "ы"]), max_size=40
    ),
    st.lists(st.integers(0, 40), max_size=3),
)
def test_marks(some: list[bytes], pieces: list[str], cuts: list[int]) -> None:
    marks = prefilter.mark_tables([some, [b"# ", b"."]])
    borders = [0, *sorted(min(cut, len(pieces)) for cut in cuts), len(pieces)]
    texts = ["".join(pieces[a:b]).encode() for a, b in pairwise(borders)]
    data = np.frombuffer(b"".join(texts), np.uint8)
    starts = ragged.offsets(np.array([len(text) for text in texts]))
    by_loops = prefilter.marked_lines(data, starts, marks)
    with arrays(mark_kernels):
        same(prefilter.marked_lines(data, starts, marks), by_loops)
    plain = [
        (text, begin, begin + len(line), kinds)
        for text, whole in enumerate(texts)
        for begin, line in lines_of(whole, int(starts[text]))
        if (kinds := any(mark in line for mark in some) + 2 * (b"# " in line or b"." in line))
    ]
    assert list(zip(*(column.tolist() for column in by_loops), strict=True)) == plain


def lines_of(text: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    for line in text.split(b"\n"):
        yield at, line
        at += len(line) + 1


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example(["Mосквa COVIDом", "", "5\u00a0т\u200bыс.", "м", "M"])
@example(["é", "\u0301", "за\u0301мок"])
@example(["\U0010ffff", "\u07ff\u0800\uffff\U00010000"])
def test_clean(texts: list[str]) -> None:
    column = pa.array(["до", *texts, "после"], pa.string())[1:-1]
    with arrays(decoding_kernels):
        expected = normalise.clean_column(column)
    same(normalise.clean_column(column), expected)


WRITINGS = st.lists(
    st.sampled_from(
        [
            *("5", "12", "03.05", "2025-05-03", "1.250.000", "1 250 000", "$", "%", "слово", ","),
            *("млн", "руб.", "мая", "долларов", "May", "percent", "тыс.", "лет"),
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(WRITINGS, max_size=4))
@example(["$ 5 million", "5 million dollars", "мая 5 мая", "5 % 5", "12,4 %", "03.05 мая"])
@example(["5", "мая", "млн 5", "%"])
def test_one_writing(texts: list[str]) -> None:
    batch = from_strings(texts)
    cut = words.tokenise(batch)
    with arrays(spelling_kernels):
        expected = spelling.in_one_writing(cut, batch)
    same(spelling.in_one_writing(cut, batch), expected)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example(["Конец. Начало", "«Да».  Нет… И", "1. 2", "а.\nб", ". а", "а", ""])
@example(["5 - 6", "а -б", "а- б", "1,  5", "1 ,5", "- а", "а -", "-", "а-", "а ‑  -б"])
@example(["Yahoo! и", "yahoo!", "ayahoo! да. Нет", "βYahoo!?…-x Да", "Yahoo!yahoo!!, «YAHOO!» 5"])
@example(["\x1c а\x1c-\x1cб ²½ Δ5 β"])
def test_words(texts: list[str]) -> None:
    batch = from_strings(texts)
    with arrays(cutting_kernels):
        expected = words.tokenise(batch)
    same(words.tokenise(batch), expected)


@st.composite
def items(draw: st.DrawFn) -> ItemWords:
    """Items of few different words, so that much is shared and repeated."""
    sizes = draw(st.lists(st.integers(0, 40), min_size=1, max_size=8))
    rows = sum(sizes)
    some = draw(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30))
    hashes = draw(st.lists(st.sampled_from(some), min_size=rows, max_size=rows))
    flags = draw(st.lists(st.integers(0, 15), min_size=rows, max_size=rows))
    starts = ragged.offsets(np.array(sizes, np.int64))
    return ItemWords(np.array(hashes, np.uint64), np.array(flags, np.uint8), starts)


@settings(deadline=None)
@given(items(), st.data())
def test_pairs(held: ItemWords, data: st.DataObject) -> None:
    n = len(held.starts) - 1
    number = st.integers(0, n - 1)
    pairs = np.array(data.draw(st.lists(st.tuples(number, number), min_size=1)), np.int64)
    left, right = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    flat = np.full(n, -1, np.int64)
    every = features.ComparedItems(*held, flat, np.zeros(n))
    modules = (match_kernels, word_kernels, column_kernels)
    with arrays(*modules):
        compared = compare.compare(every, left, right)
        counts = compare.overlap_counts(held.hashes, held.starts, left, right)
        sequences = match_kernels.sequences(held.hashes, held.starts)
    same(compare.compare(every, left, right), compared)
    same(compare.overlap_counts(held.hashes, held.starts, left, right), counts)
    same((match_kernels.sequences(held.hashes, held.starts),), (sequences,))


#: Words of all kinds: numbers in digits and letters, months, weekdays, units, negations, outcomes,
#: corrections, credits, agencies, words of service and stock words; names; and what parts them.
LISTED = (
    "7 12,5 1990 03.05 двадцать пять three тыс. млн mln мая May Montag субота не no nicht без "
    "оправдан guilty missing found Исправлено corrected фото photo ТАСС Reuters читайте cookie "
    "сказал said Борва Альдия BORVA Łódź мост most bridge міст"
)
BREAKS = [" ", " ", " ", ", ", ". ", "! ", "\n", ' "', '" ', " — "]


@settings(deadline=None)
@given(st.data())
def test_words_of_pairs(data: st.DataObject) -> None:
    words_ = st.sampled_from(LISTED.split())
    pieces = st.lists(st.tuples(words_, st.sampled_from(BREAKS)), max_size=60)
    written = st.lists(pieces, min_size=2, max_size=4)
    texts = ["".join(map("".join, text)) for text in data.draw(written)]
    cut = words.tokenise(from_strings([*texts, " ".join(texts)]))
    n = len(cut.starts) - 1
    flat = np.full(n, -1, np.int64)
    every = features.ComparedItems(cut.hashes, cut.flags, cut.starts, flat, np.full(n, 19_000.0))
    left, right = np.arange(n - 1), np.full(n - 1, n - 1)
    with arrays(match_kernels, word_kernels, column_kernels):
        compared = compare.compare(every, left, right)
        facts = word_facts(cut.hashes, cut.flags, cut.starts)
    same(compare.compare(every, left, right), compared)
    same(word_facts(cut.hashes, cut.flags, cut.starts), facts)


@given(st.lists(st.integers(0, 2**13 - 1), max_size=700), st.data())
def test_count_marks(marks: list[int], data: st.DataObject) -> None:
    place = st.integers(0, len(marks))
    ranges = np.array(data.draw(st.lists(st.tuples(place, place), max_size=4)), np.int64)
    begin, end = (np.ascontiguousarray(side) for side in ranges.reshape(-1, 2).T)
    values = np.array(marks, np.uint16)
    expected = [
        [sum(mark >> bit & 1 for mark in marks[a:b]) for a, b in ranges.reshape(-1, 2).tolist()]
        for bit in range(word_kernels.PROPERTIES)
    ]
    for count in (word_kernels.count_marks_compiled, word_kernels.count_marks_numpy):
        assert count(values, begin, end).tolist() == expected


@settings(deadline=None)
@given(items(), st.integers(1, 6))
def test_keys(held: ItemWords, k: int) -> None:
    def keys() -> tuple[np.ndarray, ...]:
        found, starts = shingles.shingle_hashes(held.hashes, held.starts, k)
        signed = minhash.sign(minhash.hashes32(found), starts, 7)
        return found, starts, signed, *winnowing.sample(found, starts)

    with arrays(index_kernels):
        expected = keys()
    same(keys(), expected)


@settings(deadline=None)
@given(items(), st.data())
def test_passages(held: ItemWords, data: st.DataObject) -> None:
    samples, starts = winnowing.sample(held.hashes >> np.uint64(60), held.starts)
    # Some of the items are an earlier run's.
    earlier = data.draw(st.integers(0, len(starts) - 1))
    cut = int(starts[earlier])
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    rows = np.sort(postings.pack(samples[:cut], owner[:cut]))

    def old(keys: np.ndarray) -> np.ndarray:
        return rows[np.isin((rows >> np.uint64(32)).astype(np.uint32), keys)]

    def pairs() -> np.ndarray:
        own = samples[cut:], starts[earlier:] - cut
        return buckets.passage_pairs(*own, 1, old, np.diff(starts[: earlier + 1]))[0]

    with arrays(index_kernels, bucket_kernels):
        expected = pairs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_ranges, "RANGE_MEMBERS", data.draw(st.integers(1, 200)))
        same((pairs(),), (expected,))
        with arrays(index_kernels, bucket_kernels):
            same((pairs(),), (expected,))
    # All at once finds them too, and those of the earlier among themselves.
    whole = buckets.passage_pairs(samples, starts)[0]
    same((whole[(whole & np.uint64(0xFFFFFFFF)) >= np.uint64(earlier)],), (expected,))


@given(st.lists(st.sets(st.integers(0, 2**64 - 1), max_size=30), min_size=1, max_size=4))
def test_lookup(parts: list[set[int]]) -> None:
    table, known = hash_table.Lookup(), {}
    for part in parts:
        new = [key for key in part if key not in known]
        values = np.arange(len(known), len(known) + len(new), dtype=np.int32)
        known |= dict(zip(new, values.tolist(), strict=True))
        table.add(np.array(new, np.uint64), values)
    asked = np.array([*known, 0, 1, 2**63], np.uint64)
    expected = [known.get(key, -1) for key in asked.tolist()]
    assert table.get(asked).tolist() == expected
    with arrays(column_kernels):
        assert table.get(asked).tolist() == expected


@settings(deadline=None)
@given(items())
def test_lines(held: ItemWords) -> None:
    with arrays(pipeline_kernels):
        expected = repeated_lines.lines_of(held)
    same(repeated_lines.lines_of(held), expected)


@given(st.lists(st.lists(st.booleans(), max_size=5), max_size=6))
def test_count_true(parts: list[list[bool]]) -> None:
    values = np.array([one for part in parts for one in part], np.bool_)
    starts = ragged.offsets(np.array([len(part) for part in parts], np.int64))
    for count in (column_kernels.count_true_compiled, column_kernels.count_true_numpy):
        assert count(values, starts).tolist() == [sum(part) for part in parts]


@given(st.lists(st.text("aя日😀", max_size=6), min_size=1, max_size=5), st.integers(0, 7))
def test_first_characters(texts: list[str], n: int) -> None:
    column = pa.array(["до", *texts, "после"], pa.string())[1:-1]
    expected = [text[:n] for text in texts]
    assert first_characters(column, n).to_pylist() == expected
    with arrays(column_kernels):
        assert first_characters(column, n).to_pylist() == expected


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10))), st.sampled_from("BIQf"))
def test_gather(chosen: list[tuple[int, int]], dtype: str) -> None:
    values = np.arange(31).astype(dtype)
    begin, sizes = np.array(chosen, np.int64).reshape(-1, 2).T
    begin, sizes = begin.copy(), sizes.copy()
    with arrays(column_kernels):
        expected = ragged.gather(values, begin, sizes)
    same((ragged.gather(values, begin, sizes),), (expected,))
    assert expected.tolist() == [v for b, s in chosen for v in values[b : b + s].tolist()]


def test_a_report_is_the_same_without_a_compiler(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\n"
        "for name in sys.argv.pop(1).split():\n"
        "    sys.modules[name] = None\n"
        "from dedup.cli import main\n"
        "main()\n"
    )
    sources = Path(dedup.__file__).parent.glob("*/*.pyx")
    names = [f"dedup.{source.parent.name}.{source.stem}" for source in sources]
    assert len(names) > 6
    found = []
    for without in (names, []):
        for command in ("report", "pairs"):
            options = [command, str(CORPUS / "news.jsonl"), "--format", "jsonl"]
            run = [sys.executable, str(script), " ".join(without), *options]
            found.append(subprocess.run(run, check=True, capture_output=True).stdout)
    assert found[:2] == found[2:]
    assert all(found)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 29)), unique=True, max_size=80),
    st.lists(st.one_of(st.just(int(UNKNOWN_TIME)), st.integers(0, 99)), min_size=30, max_size=30),
    st.integers(0, 30),
    st.integers(1, 4),
    st.integers(1, 20),
)
def test_meetings(members, times, since, cap, steps):
    rows = postings.pack(*np.array([*members, (9, 0)], np.int64).T)
    rows.sort()
    rules = story_kernels.MeetingRules(40.0, since, cap, steps, 1 << 16)
    known = sorted(time for time in times if time != UNKNOWN_TIME)
    ascending = [*known, *[int(UNKNOWN_TIME)] * (len(times) - len(known))]
    for published in (times, ascending):
        same_meetings(rows, story_kernels.ItemTimes.of(np.array(published, np.int64)), rules)


@pytest.mark.parametrize(
    ("times", "dated"),
    [
        ([], 0),
        ([UNKNOWN_TIME], 0),
        ([3, 3, 7], 3),
        ([3, 7, UNKNOWN_TIME, UNKNOWN_TIME], 2),
        ([7, 3], 0),
        ([3, UNKNOWN_TIME, 7], 0),
        ([UNKNOWN_TIME, 3], 0),
    ],
)
def test_times_that_ascend(times, dated):
    assert story_kernels.ItemTimes.of(np.array(times, np.int64)).dated == dated


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5000)), unique=True, max_size=80),
    st.lists(st.integers(0, 9999), min_size=1, max_size=60),
)
def test_meetings_of_many_items_in_order_of_time(members, moments):
    rows = postings.pack(*np.array([*members, (9, 0)], np.int64).T)
    rows.sort()
    times = np.interp(np.arange(5001), np.linspace(0, 5000, len(moments)), sorted(moments))
    published = story_kernels.ItemTimes.of(times.astype(np.int64))
    assert published.dated == 5001
    same_meetings(rows, published, story_kernels.MeetingRules(40.0, 0, 4, 20, 1 << 16))


def same_meetings(rows, times, rules):
    compiled, by_arrays = (
        meet(rows, times, rules) for meet in (story_kernels.meet_compiled, story_kernels.meet_numpy)
    )
    orders = [np.lexsort(found) for found in (compiled, by_arrays)]
    same(
        tuple(column[orders[0]] for column in compiled),
        tuple(column[orders[1]] for column in by_arrays),
    )


@st.composite
def sketches_of_items(draw):
    """Sketches of a few items whose stems are few, so that many are shared."""
    items = draw(
        st.lists(st.lists(st.integers(0, 40), unique=True, max_size=30).map(sorted), max_size=6)
    )
    starts = np.append(0, np.cumsum([len(item) for item in items])).astype(np.int64)
    n = int(starts[-1])
    marks = draw(
        st.lists(
            st.sampled_from([0, 1, NAME, TITLE, HEAD, NAME | HEAD, 7 | HEAD, DAY, DAY | TITLE_DAY]),
            min_size=n,
            max_size=n,
        )
    )
    rarity = draw(st.lists(st.floats(0, 12, width=32), min_size=n, max_size=n))
    counts = draw(st.lists(st.floats(0, 9, width=32), min_size=n, max_size=n))
    rare = np.array(rarity, np.float32)
    return Sketches(
        starts,
        np.array([stem for item in items for stem in item], np.uint32),
        np.array(counts, np.float32) * rare,
        rare,
        np.array(marks, np.uint8),
        np.full(len(items), UNKNOWN_TIME),
        np.ones(len(items), np.bool_),
    )


@settings(deadline=None)
@given(
    sketches_of_items(), st.integers(1, 8), st.floats(0, 5, width=32), st.floats(1, 12, width=32)
)
def test_heaviest_stems_and_sums_of_pairs(sketches, size, floor, ceiling):
    assert (
        story_kernels.heaviest_compiled(sketches, size, floor, ceiling).tolist()
        == story_kernels.heaviest_numpy(sketches, size, floor, ceiling).tolist()
    )
    n = len(sketches.titled)
    left, right = (side.ravel() for side in np.mgrid[:n, :n])
    np.testing.assert_array_equal(
        story_kernels.pair_sums_compiled(sketches, left, right),
        story_kernels.pair_sums_numpy(sketches, left, right),
    )
    np.testing.assert_array_equal(
        story_kernels.item_sums_compiled(sketches),
        story_kernels.item_sums_numpy(sketches),
    )


@given(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=40), st.integers(6, 9))
def test_a_table_filled_either_way_is_read_alike(keys, bits):
    keys = np.array(keys, np.uint64)
    values = np.arange(len(keys), dtype=np.int32)
    answers = []
    for insert in (column_kernels.insert_compiled, column_kernels.insert_numpy):
        table = column_kernels.Table(
            np.zeros(1 << bits, np.uint64), np.full(1 << bits, -1, np.int32), 1, 64 - bits, -1
        )
        insert(table, keys, values)
        answers.append(column_kernels.look_up_numpy(np.append(keys, keys + 1), table).tolist())
    assert answers[0] == answers[1]
    assert answers[0][: len(keys)] == values.tolist()


@given(st.lists(st.lists(st.integers(0, 11), max_size=4), min_size=12, max_size=12), st.randoms())
@settings(deadline=None)
def test_items_join_kept_ones_alike(keepers_of, draw):
    keepers_of = [[one for one in of if one != item] for item, of in enumerate(keepers_of)]
    begin = np.cumsum([0, *map(len, keepers_of)])
    keepers = np.array([one for of in keepers_of for one in of], np.int64)
    removable = [item for item, of in enumerate(keepers_of) if of]
    draw.shuffle(removable)
    order = np.array(removable[: draw.randrange(len(removable) + 1)], np.int64)
    answers = []
    for join in (pipeline_kernels.join_kept_compiled, pipeline_kernels.join_kept_numpy):
        waiting = np.zeros(len(keepers_of), np.bool_)
        waiting[order] = True
        answers.append(join(order, begin, keepers, waiting).tolist())
        assert not waiting.any()
    assert answers[0] == answers[1]
    for item, edge in enumerate(answers[0]):
        assert edge < 0 or answers[0][keepers[edge]] < 0  # who keeps another is kept
        assert edge < 0 or begin[item] <= edge < begin[item + 1]
