"""What `explain` says is judged by the recurring forms that are known."""

import numpy as np

from dedup import Settings
from dedup.index.shingles import shingle_hashes
from dedup.match.forms import RecurringForms
from dedup.results.explanation import ComparedText, explain_texts
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

FORM = (
    "The harbour office gives the height of the water at the old bridge each morning and asks "
    "all masters of small boats to keep to the marked lane until the evening tide has passed. "
    "Anglers on the long pier keep clear of the steps, which are cleaned and painted this month, "
    "and visitors may ask the guard at the gate for a map of the harbour and its footpaths"
)


def test_a_known_form_makes_two_instances_of_one_text_apart():
    a = ComparedText("a", "", f"{FORM} at Lund.", "x", "2024-03-04T08:00:00Z")
    b = ComparedText("b", "", f"{FORM} at Vik.", "x", "2024-03-06T08:00:00Z")
    words = tokenise(from_strings([FORM]))
    shingles, _ = shingle_hashes(words.hashes, words.starts, 3)
    forms = RecurringForms(np.unique(shingles.astype(np.uint32)))
    assert explain_texts(a, b, Settings(), forms=forms).rule == "other instance"
    assert explain_texts(a, b, Settings()).rule != "other instance"
