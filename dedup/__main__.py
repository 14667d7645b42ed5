"""`python -m dedup` runs the command line, which imports nothing from the current folder."""

from dedup.system.imports import leave_current_folder

leave_current_folder()

from dedup.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
