"""Docent beside other ways to search the same pages: ``python -m benchmarks.peers``."""
