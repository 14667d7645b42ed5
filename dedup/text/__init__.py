"""From text columns to words as arrays: set aside, normalise, words."""
