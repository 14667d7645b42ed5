"""From input to a run's items: parsed, tokenised, kept in scratch files, numbered."""
