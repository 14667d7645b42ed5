"""The same job by other tools."""
