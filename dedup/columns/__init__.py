"""Columns of values: ragged arrays, Arrow string columns, a hash table read with arrays."""
