"""What holds for every test."""

from hypothesis import settings

# An example may take as long as it needs: tests run beside each other, and none asserts a time.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
