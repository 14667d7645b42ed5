"""The thresholds of the rules of `rules`, each with what it bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """The constants of the rules. Words and days are counts, the others shares of 0 to 1."""

    #: Removal score from which the shorter item may go.
    removal: float = 0.45
    #: The same for an item of fewer than `few` words: each of its facts is one word.
    removal_few: float = 0.6
    few: int = 20
    #: The same for an item with so many own words with content in sentences of its own.
    removal_own: float = 0.7
    own_said: int = 15
    #: The same for an item of which less than this share of shingles stands in the other: among
    #: the pairs that the score was fitted to there are none.
    removal_little: float = 0.85
    little: float = 0.3
    #: Share of the shorter's shingles below which a pair is not looked at: by chance and by stock
    #: phrases items share less.
    min_containment: float = 0.15
    #: Cover from which two items are of one form, and from which only wording differs.
    form: float = 0.5
    whole: float = 0.93
    #: Cover below which two long texts of one day are two reports of one event.
    covered: float = 0.65
    #: Cover from which they are one report, though its figures were brought up to date.
    updated: float = 0.85
    #: So much of the longer stands in the shorter: it has nothing considerable of its own.
    like: float = 0.65
    #: So much of the longer's words, in any order: news of one topic share half at most.
    reworded: float = 0.85
    #: Two posts of at least so many words, published by two sources at most so many days apart,
    #: tell the same in other words if so much of the longer stands in the shorter.
    post: int = 10
    at_once: float = 1 / 12
    retold: float = 0.55
    #: The same in brief, of a text of fewer than so many words: so much of the shorter's words
    #: stands in the longer, in any order.
    retelling: int = 80
    brief: float = 0.65
    #: Words of an item that is an alert (a sentence or two), or a notice (two or three).
    alert: int = 30
    notice: int = 40
    #: Words of a passage that is content: two sentences; and a whole paragraph.
    sentences: int = 30
    paragraph: int = 60
    #: Days that make another edition; after which an alert is a new one; after which a source says
    #: even a long text again because it holds again.
    edition: float = 0.5
    later: float = 2.0
    again: float = 14.0
    #: Days after which no text is a reprint unless its words are the same.
    weeks: float = 7.0
    #: The same of one source: its columns come every week.
    column: float = 6.5
    #: Numbers that tell one notice from the next of its form.
    several: int = 4
    #: Shared shingles that make a passage: a long sentence.
    passage: int = 12
    #: A source that repeats less than this of an older report of its own is reporting anew.
    anew: float = 0.75
    #: Two items of one form are of like length: the longer has at most so many times the words.
    size: float = 2.0
    #: A form is filled with numbers: at least one own number in so many words.
    dense: int = 30
    #: A form recurs if so much of what a pair shares stands on many days; then what is fresh must
    #: be at least so much of the shorter.
    recurring: float = 0.5
    fresh: float = 0.1
    #: Own words with content in sentences that tell something else.
    said: int = 5
    #: Share of the content that own sentences have where they are a passage of their own; less in
    #: a long text, where they have so many words.
    own_share: float = 0.25
    own_share_long: float = 0.2
    own_words: int = 20
    #: Own words with content of one sentence that is a fact of its own.
    own_fact: int = 12
    #: The same of one that is no other wording of anything in the longer; and if it is surely no
    #: question, link or subheading.
    own_added: int = 7
    own_remark: int = 3
    #: Own words with content of a quotation; and of a text that has more than so many times as many
    #: words with content, it is a detail.
    quoted: int = 3
    detail: int = 30
    #: Own numbers in a sentence of its own, or own entries in a row, that are facts; in a text from
    #: so many words on, they are a detail.
    own_numbers: int = 2
    entries: int = 3
    article: int = 300
    #: Two notices of at most so many words are of one form with other names if so many of the
    #: shorter's shingles stand in the other.
    notices: int = 90
    rest: float = 0.65
    #: In a text so many times as long a notice meets its words by chance. It is cut from there only
    #: if so much of its shingles stands there, or most of its last line of so many words.
    far: float = 4.0
    runs: float = 0.5
    teaser: int = 12
    #: Share of a short text's words with content that the longer has nowhere, from which on it says
    #: something else.
    unsaid: float = 1 / 3
    #: Words of an ending that a cut spoils.
    ending: int = 2
    #: Own numbers that make a table of other figures, one in so many words.
    figures: int = 5
    table: int = 20
    #: Names against other names, one in so many words, that make another subject of one form.
    named: int = 25


THRESHOLDS = Thresholds()
