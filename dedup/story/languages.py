"""Which language a text is in, by its function words and letters, and how its words are stemmed.

The first few dozen function words of a language are a third of its running words, and hardly any of
a text in another language (Ingle 1976). Words of two languages count for both. A text in which none
shows is stemmed by its letters, as if it were Russian or English.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.text.hashing import hash_words

#: A text is in a language if at least so many of its words say so.
EVIDENCE = 2

#: Letters that a word keeps where no stemmer knows its language: in most inflected languages what
#: changes stands after them. Of a word of this length the last letter goes.
PREFIX = 5


class SpokenLanguage(NamedTuple):
    """`stemmer`: of Snowball; "": none, and words are cut to a prefix; None: by their letters.

    `words`: function words, parted by spaces; `letters`: those that only its words have, or those
    of few others.
    """

    code: str
    stemmer: str | None
    words: str
    letters: str = ""


LANGUAGES_SEEN: tuple[SpokenLanguage, ...] = (
    SpokenLanguage(
        "ru",
        None,
        "и в не на что это его как был была было были который которые также чтобы для или она "
        "они при из по уже только после году об от со же все том того тем ее их где чем если",
        "ыэъ",
    ),
    SpokenLanguage(
        "en",
        None,
        "the of and to in that is was for on with as by at from his has have had are were "
        "which who will would been their its this but not",
    ),
    SpokenLanguage(
        "uk",
        "",
        "і й в у на що це його як був була було були який яка які також щоб для або вона вони "
        "та від до про із після році цього ще",
        "іїєґ",
    ),
    SpokenLanguage(
        "be",
        "",
        "і ў у на што гэта яго як быў была было былі які якая якія таксама каб для або яна "
        "яны ад да пра з пасля годзе",
        "іў",
    ),
    SpokenLanguage(
        "bg",
        "",
        "и в на че това да се са е за от по като който която които беше няма през към след "
        "при ще още само обаче срещу до със тези",
    ),
    SpokenLanguage(
        "mk",
        "",
        "и во на дека ова да се са е за од по како кој која кои беше нема низ кон по при ќе "
        "уште само",
        "ѓќѕ",
    ),
    SpokenLanguage(
        "sr",
        "",
        "и у на да је се су за од који која које није био била али као после због",
        "ђћљњџј",
    ),
    SpokenLanguage(
        "pl",
        "polish",
        "i w na nie że to się jest z do o jak po co przez dla który która które od oraz był "
        "była było także czy jego ich ze za",
        "ąęłńśźż",
    ),
    SpokenLanguage(
        "cs",
        "czech",
        "a v na že to se je z do o jak po za pro který která které od jsou byl byla bylo také "
        "jeho jejich ve už ale aby by",
        "ěřů",
    ),
    SpokenLanguage(
        "sk",
        "",
        "a v na že to sa je z do o ako po za pre ktorý ktorá ktoré od sú bol bola bolo tiež "
        "jeho ich vo už ale aby by",
        "ľĺŕô",
    ),
    SpokenLanguage(
        "sl",
        "",
        "in v na da je se so za ki od po kot pri ne bo bi tudi ni so bil bila bilo zaradi "
        "njegov katerih med še",
    ),
    SpokenLanguage(
        "hr",
        "",
        "i u na da je se su za koji koja koje od kao nije bio bila bilo ali zbog nakon te iz što",
        "đ",
    ),
    SpokenLanguage(
        "de",
        "german",
        "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als "
        "auch es an werden aus er hat dass sie nach",
        "ßäöü",
    ),
    SpokenLanguage(
        "fr",
        "french",
        "le la les de des du et en un une est que qui dans pour sur par au aux avec pas plus "
        "ce se sont a il été",
        "œçêîû",
    ),
    SpokenLanguage(
        "es",
        "spanish",
        "el la los las de del y en un una es que por con para se al lo su como más pero ha "
        "sus este ya",
        "ñ¿¡",
    ),
    SpokenLanguage(
        "it",
        "italian",
        "il la le lo gli di del della dei e in un una è che per con si al da non sono anche "
        "più come ha nel alla",
    ),
    SpokenLanguage(
        "pt",
        "portuguese",
        "o a os as de do da dos das e em um uma é que por com para se no na não mais como ao "
        "foi pela",
        "ãõ",
    ),
    SpokenLanguage(
        "nl",
        "dutch",
        "de het een en van in is dat op te met voor zijn niet aan er om ook als maar bij "
        "wordt naar heeft hij",
    ),
    SpokenLanguage(
        "sv",
        "swedish",
        "och i att det som en på är av för med den till inte har de ett om men var sig från han",
        "åäö",
    ),
    SpokenLanguage(
        "da",
        "danish",
        "og i at det som en på er af for med den til ikke har de et om men var sig fra han "
        "blev efter",
        "æøå",
    ),
    SpokenLanguage(
        "no",
        "norwegian",
        "og i at det som en på er av for med den til ikke har de et om men var seg fra han "
        "ble etter",
        "æøå",
    ),
    SpokenLanguage(
        "fi",
        "finnish",
        "ja on ei että oli se hän myös mutta kun joka ovat sekä kuin ole mukaan jos vain nyt",
        "äö",
    ),
    SpokenLanguage(
        "hu",
        "hungarian",
        "a az és hogy nem is egy meg volt de mint ez csak már vagy még szerint el lesz után",
        "őű",
    ),
    SpokenLanguage(
        "ro",
        "romanian",
        "și şi de la în a din că cu pe nu o un care pentru este mai sau fost prin către sunt au",
        "ășțşţ",
    ),
    SpokenLanguage(
        "tr",
        "turkish",
        "ve bir bu da de için ile olarak olan çok daha en gibi kadar sonra ancak ise oldu",
        "ğış",
    ),
    SpokenLanguage(
        "el",
        "greek",
        "ο η το οι τα του της των και να στο στη με σε για που από είναι θα τον την δεν",
        "αεηιουω",
    ),
    SpokenLanguage(
        "lt",
        "lithuanian",
        "ir kad yra su į iš per bei buvo apie kaip tai nuo po jau bet taip",
        "ėįųū",
    ),
    SpokenLanguage(
        "et",
        "estonian",
        "ja on ei et oli see ka kui mis oma aga või ning tema välja pärast",
        "õ",
    ),
)


@built_table(tuple)
def _function_words() -> tuple[Uint64Array, Uint32Array]:
    """Hashes of function words, uint64 ascending, and the languages of each as bits, uint32."""
    bits: dict[str, int] = {}
    for place, language in enumerate(LANGUAGES_SEEN):
        for word in set(language.words.split()):
            bits[word] = bits.get(word, 0) | 1 << place
    hashes = hash_words(list(bits))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(bits.values()), np.uint32)[order]


def letter_bits(size: int) -> Uint32Array:
    """The languages that a letter is a sign of, as bits, uint32 by code point below `size`."""
    bits = np.zeros(size, np.uint32)
    for place, language in enumerate(LANGUAGES_SEEN):
        for letter in language.letters:
            bits[ord(letter)] |= np.uint32(1 << place)
    return bits


def word_bits(hashes: Uint64Array) -> Uint32Array:
    """The languages of which words are function words, as bits, uint32 [words]."""
    known, bits = _function_words()
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[place] == hashes, bits[place], np.uint32(0))


def languages_of(bits: Uint32Array, starts: Int64Array) -> Int64Array:
    """The language of each text as a place in `LANGUAGES_SEEN`, -1 where none shows, int64 [texts].

    `bits` uint32: the languages that each word is a sign of; text i has the words
    `starts[i]:starts[i + 1]`. Of languages that show equally the first is taken.
    """
    texts = len(starts) - 1
    signs = np.flatnonzero(bits)
    owner = np.repeat(np.arange(texts, dtype=np.int32), np.diff(starts))[signs]
    bits = bits[signs]
    best, language = np.full(texts, EVIDENCE - 1), np.full(texts, -1)
    seen = int(np.bitwise_or.reduce(bits)) if len(signs) else 0
    for place in range(len(LANGUAGES_SEEN)):
        if seen >> place & 1:
            chosen = owner[bits & np.uint32(1 << place) > 0]
            counts = np.bincount(chosen, minlength=texts)
            language[counts > best] = place
            np.maximum(best, counts, out=best)
    return language


def prefixes(words: Sequence[str]) -> list[str]:
    """Words cut to what their forms have in common, for languages without a stemmer."""
    return [word[: min(PREFIX, max(len(word) - 1, 3))] for word in words]
