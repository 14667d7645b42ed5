"""The operating system: work on all cores, files written whole, scratch files, lasting ids."""
