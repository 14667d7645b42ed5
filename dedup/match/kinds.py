"""Kinds of words."""

#: Kinds of words, as bits. A NUMBER has a value above 0; a NAME is written with a capital letter
#: where that says something; a DAY is a weekday or a month; FILLED words carry content.
NUMBER, NAME, DAY, NEGATION, OUTCOME, FILLED, CORRECTION, CREDIT = (1 << n for n in range(8))
