"""The answering core: a question in, one cited answer out."""
