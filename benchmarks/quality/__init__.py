"""How well it judges."""
