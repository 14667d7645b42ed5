"""From a run's numbers to the objects that every view shows."""
