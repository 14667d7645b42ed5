"""How a result is shown: each view takes the same `Report`."""
