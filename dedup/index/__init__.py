"""From words to what is looked up: shingles, signatures, bands, passages."""
