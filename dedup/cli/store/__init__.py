"""The commands that look after a store: `dedup store ...`, a module each."""
