"""Invented edits of real stories, whose right answer is known: which copies stay, which go?

    python -m benchmarks.quality.edits ../shared/data/news_ru.jsonl ../shared/data/news_other.jsonl

Each story that no other is related to gets a copy from another source of the same hour, edited in
one way. A copy that is cut, reordered, or typed otherwise loses nothing: one of the two is to be
removed. A copy with a sentence of another story put into it has something of its own: both are to
stay. (A foreign sentence is more than an editor would miss in some cases, and a link to another
article in others: read the shares as a trend, not as a grade.) Prints the share of right answers
by edit and language (field `lang`, else "ru"), and exits 1 if one of the edits that lose nothing
is below `LEAST`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from razdel import sentenize

import dedup
from benchmarks.lib.labelled import rows

#: Least share of right answers for edits that lose nothing.
LEAST = 0.8

#: Words of a story that is edited.
WORDS = range(70, 301)


class Story(NamedTuple):
    title: str
    text: str
    sentences: list[str]
    published: str


def stories(files: list[Path]) -> dict[str, list[Story]]:
    """The stories of files by language, less those that have a related one."""
    found: dict[str, list[Story]] = defaultdict(list)
    for file in files:
        related = {name for pair in dedup.pairs([file]) for name in (pair.a, pair.b)}
        for row in rows(file):
            if row["id"] not in related and len(row["text"].split()) in WORDS:
                sentences = [one.text for one in sentenize(row["text"])]
                story = Story(row["title"], row["text"], sentences, row["published"])
                found[row.get("lang") or "ru"].append(story)
    return found


def foreign_sentence(chance: random.Random, pool: list[Story], words: range) -> str:
    """A sentence of so many words, of any story."""
    while True:
        fit = [
            one
            for one in chance.choice(pool).sentences
            if len(one.split()) in words and "\n" not in one and one[0].isupper()
        ]
        if fit:
            return chance.choice(fit)


#: Makes the text of a copy, from a story and the stories of its language.
Edit = Callable[[Story, list[Story], random.Random], str]


def cut(share: float) -> Edit:
    def edit(story: Story, pool: list[Story], chance: random.Random) -> str:
        return " ".join(story.sentences[: max(2, int(len(story.sentences) * share))])

    return edit


def added(words: range, place: float) -> Edit:
    """Cut to three fifths, with a foreign sentence put in: at the beginning 0, at the end 1."""

    def edit(story: Story, pool: list[Story], chance: random.Random) -> str:
        sentences = story.sentences[: max(2, int(len(story.sentences) * 0.6))]
        sentences.insert(round(len(sentences) * place), foreign_sentence(chance, pool, words))
        return " ".join(sentences)

    return edit


def cut_in_a_sentence(story: Story, pool: list[Story], chance: random.Random) -> str:
    words = story.text.split(" ")
    return " ".join(words[: int(len(words) * 0.6)])


def reordered(story: Story, pool: list[Story], chance: random.Random) -> str:
    return " ".join(chance.sample(story.sentences, len(story.sentences)))


def mistyped(story: Story, pool: list[Story], chance: random.Random) -> str:
    def typed(word: str) -> str:
        if len(word) < 5 or not word.islower() or chance.random() > 0.04:
            return word
        place = chance.randrange(1, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    return " ".join(map(typed, story.text.split(" ")))


def shortened(story: Story, pool: list[Story], chance: random.Random) -> str:
    """Less one in sixteen short words."""
    return " ".join(
        word
        for word in story.text.split(" ")
        if not (word.islower() and len(word) < 8 and chance.random() < 1 / 16)
    )


def other_marks(story: Story, pool: list[Story], chance: random.Random) -> str:
    text = re.sub("[«»“”„]", '"', story.text)
    return re.sub("[—–]", "-", text).replace("ё", "е").replace(", ", " ")


def in_a_digest(story: Story, pool: list[Story], chance: random.Random) -> str:
    return f"{story.text}\n\n{chance.choice(pool).text}"


#: Edits that lose nothing, and edits that add something.
LOSING_NOTHING: dict[str, Edit] = {
    "cut to three fifths": cut(0.6),
    "cut to a third": cut(0.3),
    "cut in a sentence": cut_in_a_sentence,
    "in another order": reordered,
    "mistyped": mistyped,
    "short words left out": shortened,
    "other marks": other_marks,
    "in a digest": in_a_digest,
}
ADDING: dict[str, Edit] = {
    "12 to 25 words inside": added(range(12, 26), 0.5),
    "12 to 25 words at the end": added(range(12, 26), 1.0),
    "12 to 25 words in front": added(range(12, 26), 0.0),
    "6 to 9 words inside": added(range(6, 10), 0.5),
}


def share_removed(edit: Edit, chosen: list[Story], pool: list[Story], seed: int) -> float:
    """The share of stories of which the story or the copy is removed."""
    chance = random.Random(seed)
    records: list[dict[str, Any]] = []
    for number, story in enumerate(chosen):
        texts = {"story": story.text, "copy": edit(story, pool, chance)}
        records += [
            {
                "id": f"{name} {number}",
                "source": name,
                "title": story.title,
                "published": story.published,
                "text": text,
            }
            for name, text in texts.items()
        ]
    clusters = dedup.report(records).clusters
    removed = {one.id for cluster in clusters for one in cluster.members[1:]}
    return len({name.split()[1] for name in removed}) / len(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--stories", type=int, default=60, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pools = stories(args.files)
    chance = random.Random(args.seed)
    chosen = {
        code: chance.sample(pool, min(args.stories, len(pool))) for code, pool in pools.items()
    }
    print(f"{'right':28}", *(f"{code:>6}" for code in pools))
    worst = 1.0
    for edits, goes in ((LOSING_NOTHING, True), (ADDING, False)):
        for name, edit in edits.items():
            gone = [share_removed(edit, chosen[code], pools[code], args.seed) for code in pools]
            right = gone if goes else [1 - share for share in gone]
            print(f"{name:28}", *(f"{share:6.2f}" for share in right))
            if goes:
                worst = min(worst, *right)
    return int(worst < LEAST)


if __name__ == "__main__":
    sys.exit(main())
