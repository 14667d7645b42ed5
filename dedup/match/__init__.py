"""From candidates to judged pairs: exact comparison, then the relation by rules."""
